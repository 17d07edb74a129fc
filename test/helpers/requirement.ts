import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Something outside npm that some tests need: a system package or a data set. */
export interface Requirement {
  readonly name: string;
  readonly present: boolean;
  /** One sentence that tells how to get it. */
  readonly howToGet: string;
  /** Data that nobody is obliged to have: its absence skips, saying so, even where `CI=true`. */
  readonly optionalData: boolean;
}

/** States a requirement; `present` is looked up by the caller, once, when the test file loads. */
export function requirement(
  name: string,
  present: boolean,
  howToGet: string,
  { optionalData = false }: { readonly optionalData?: boolean } = {},
): Requirement {
  return { name, present, howToGet, optionalData };
}

/** What happens to tests under a requirement: absent ones are skipped at home, and fail where `CI=true`. */
export function verdict(needed: Requirement, ci: boolean): 'run' | 'skip' | 'fail' {
  if (needed.present) return 'run';
  return ci && !needed.optionalData ? 'fail' : 'skip';
}

/**
 * `describe` for tests that need `needed`. Where it is absent, `body` never runs: one test in its place is
 * skipped, saying why and how to get what is missing, or fails with the same sentence where `CI=true`.
 */
export function describeWith(needed: Requirement, title: string, body: () => void): void {
  const outcome = verdict(needed, process.env.CI === 'true');
  if (outcome === 'run') {
    describe(title, body);
    return;
  }
  const reason = `needs ${needed.name}: ${needed.howToGet}`;
  if (outcome === 'skip') console.warn(`Skipped: ${title}: ${reason}`);
  describe(title, () => {
    it.skipIf(outcome === 'skip')(reason, () => expect.fail(reason));
  });
}

const repositoryRoot = resolve(import.meta.dirname, '../..');
const debianPython = '/usr/lib/python3/dist-packages';

/** SwiftShader's Vulkan manifest, as Debian's Chromium carries it (the value of `VK_ICD_FILENAMES`). */
export const swiftShaderIcd = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Where the photographs are looked for: `GENOISE_PHOTOS`, else beside the checkout. */
export const photographsArchive =
  process.env.GENOISE_PHOTOS ?? resolve(repositoryRoot, '../shared/data/cifar10-12k.tar.gz');

/** The interpreter of `python3Torch`: Debian's own, whatever other `python3` is on the path. */
export const debianPython3 = '/usr/bin/python3';

export const python3Torch = requirement(
  'PyTorch and torchvision',
  existsSync(debianPython3) &&
    ['torch', 'torchvision'].every((name) => existsSync(`${debianPython}/${name}`)),
  'apt-get install python3-torch python3-torchvision (Debian)',
);

export const swiftShader = requirement(
  'SwiftShader and the Vulkan loader',
  existsSync(swiftShaderIcd) && hasVulkanLoader(),
  'apt-get install chromium libvulkan1 (Debian)',
);

export const photographs = requirement(
  'the photographs cifar10-12k.tar.gz',
  existsSync(photographsArchive),
  'put them at ../shared/data/cifar10-12k.tar.gz or name the file in GENOISE_PHOTOS (docs/benchmarks.md)',
  { optionalData: true },
);

function hasVulkanLoader(): boolean {
  const folders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];
  return folders.some((folder) => existsSync(`${folder}/libvulkan.so.1`));
}
