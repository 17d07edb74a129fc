import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const pythonPackages = '/usr/lib/python3/dist-packages';

/**
 * Runs before `npm test`: the WebGPU tests need a Vulkan device in software, and one test of the exported weights needs
 * PyTorch; no npm package carries them. On Debian, as root, what is missing is installed; elsewhere this says how, and
 * the tests say that they are skipped.
 */
const needed = [
  { debianPackage: 'chromium', files: ['/usr/lib/chromium/vk_swiftshader_icd.json'] },
  {
    debianPackage: 'libvulkan1',
    files: ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((triplet) => `/usr/lib/${triplet}/libvulkan.so.1`),
  },
  { debianPackage: 'python3-torch', files: [`${pythonPackages}/torch/__init__.py`] },
  { debianPackage: 'python3-torchvision', files: [`${pythonPackages}/torchvision/__init__.py`] },
];

const missing = needed
  .filter(({ files }) => !files.some((file) => existsSync(file)))
  .map(({ debianPackage }) => debianPackage);

if (missing.length > 0) {
  const command = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (canInstall()) install(command);
  else console.log(`Some tests need Debian's ${missing.join(' and ')}. To get them: ${command}`);
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
}

/** A failure ends nothing: the tests that need the packages report it themselves. */
function install(command: string): void {
  console.log(`Installing what some tests need: ${command}`);
  const { status } = spawnSync('sh', ['-c', command], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) console.log(`That failed (exit status ${status}). Run it by hand: ${command}`);
}
