import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { extractAll, extractFile, listPackage } from '@electron/asar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSampleImages } from '../../main/importer/sampleImages.ts';
import { builtDesktop, repository } from './builtDesktop.ts';
import { readFuses, writeElectronFolder } from './electronFolder.ts';
import { startStandIn } from './openShell.ts';

const [platform, arch] = [process.platform, process.arch];
/** Where each package keeps its binary for this system. */
const binaries = [
  `better-sqlite3/prebuilds/${platform}-${arch}.node`,
  `@img/sharp-${platform}-${arch}/lib/`,
  `onnxruntime-node/bin/napi-v6/${platform}/${arch}/onnxruntime_binding.node`,
];

/**
 * What `npm run package` makes, packed around a stand-in for Electron's own files (electronFolder.ts) and looked into.
 * Only on Linux: elsewhere the executable lies in another place.
 */
describe.runIf(platform === 'linux')('the packed application', () => {
  const folder = mkdtempSync(join(tmpdir(), 'genoise-test-'));
  const packed = join(folder, 'dist', arch === 'x64' ? 'linux-unpacked' : `linux-${arch}-unpacked`);
  const asar = join(packed, 'resources/app.asar');
  const unpacked = `${asar}.unpacked`;
  let files: readonly string[];

  beforeAll(async () => {
    await builtDesktop();
    // Others may build in the meantime.
    const built = join(folder, 'built');
    for (const part of ['main', 'preload', 'renderer'])
      cpSync(join(repository, 'out', part), join(built, part), { recursive: true });
    writeElectronFolder(join(folder, 'electron'));
    const options = [
      '--electron',
      join(folder, 'electron'),
      '--built',
      built,
      '--output',
      join(folder, 'dist'),
    ];
    await promisify(execFile)(process.execPath, ['build/package.ts', '--dir', ...options], {
      cwd: repository,
    });
    files = listPackage(asar, { isPack: false });
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('holds the three bundles, and the scripts of its threads and processes', () => {
    const needed = [
      ...[
        'desktop',
        'entry',
        'libraryThread',
        'decodeThread',
        'deviceProbe',
        'snippetProcess',
        'utilityScript',
      ].map((name) => `/out/main/${name}.mjs`),
      ...['predict.mjs', 'predict.py', 'embed.mjs', 'embed.py'].map((name) => `/out/main/snippets/${name}`),
      '/out/preload/preload.cjs',
      '/out/renderer/index.html',
    ];
    for (const file of needed) expect(files).toContain(file);
    expect(files.some((file) => /^\/out\/renderer\/assets\/index-.+\.js$/.test(file))).toBe(true);
    const { main } = JSON.parse(extractFile(asar, 'package.json').toString()) as { readonly main: string };
    expect(files).toContain(`/${main}`);
  });

  it('has a preload that needs nothing but electron', () => {
    const preload = extractFile(asar, 'out/preload/preload.cjs').toString();
    expect([...preload.matchAll(/require\(["']([^"']+)["']\)/g)].map(([, name]) => name)).toEqual([
      'electron',
    ]);
    expect(preload).not.toMatch(/^\s*import\b/m);
  });

  it('names no script by its source', () => {
    const sources = files.filter((file) => /^\/out\/main\/[^/]+\.mjs$/.test(file));
    for (const file of sources)
      expect(extractFile(asar, file.slice(1)).toString(), file).not.toMatch(/new URL\(['"]\.\/\w+\.ts['"]/);
  });

  it('keeps each native binary outside of the archive, where it loads', () => {
    const natives = readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.node'),
    );
    expect(natives).toHaveLength(binaries.length);
    for (const binary of binaries) {
      const file = natives.find((each) => each.includes(binary)) ?? expect.fail(`${binary} is not unpacked`);
      execFileSync(process.execPath, [
        '-e',
        'process.dlopen({ exports: {} }, process.argv[1])',
        join(unpacked, file),
      ]);
    }
    const packedNatives = files.filter((file) => file.endsWith('.node'));
    expect(packedNatives).toHaveLength(binaries.length);
  });

  it('has its fuses set', () => {
    // Run as Node, encrypt cookies, NODE_OPTIONS, --inspect: off; check the archive, load nothing else: on; the rest off.
    expect(readFuses(readFileSync(join(packed, 'genoise')))).toBe('00001100');
  });

  it('carries no sources, tests, or binaries of other systems', () => {
    expect(files.filter((file) => /\.ts$|^\/(test|main|renderer|build)\//.test(file))).toEqual([]);
    expect(files.filter((file) => /\.(dll|dylib)$/.test(file))).toEqual([]);
  });

  it('runs: a command imports images, in its own processes and threads and with its own packages', async () => {
    const application = join(folder, 'application');
    extractAll(asar, application);
    expect(existsSync(join(application, 'node_modules/better-sqlite3'))).toBe(true);
    await writeSampleImages(join(folder, 'images'), { count: 6, seed: 1, side: 24 });
    mkdirSync(join(folder, 'home'));
    const project = join(folder, 'project');
    const run = async (...args: string[]): Promise<string> => {
      const options = { dataFolder: join(folder, 'data'), home: join(folder, 'home'), args };
      const child = startStandIn(options, { pages: false, folder: join(application, 'out') });
      let [output, words] = ['', ''];
      child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString()));
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect(code, words).toBe(0);
      return output;
    };
    await run('import', project, join(folder, 'images'), '--json');
    const status = JSON.parse(
      (await run('status', project, '--json')).trim().split('\n').at(-1) ?? '',
    ) as object;
    expect(JSON.stringify(status)).toContain('6');
  });

  it('holds modules that load, every one of them', () => {
    // The others begin to work as soon as they are loaded.
    const chunks = readdirSync(join(folder, 'application/out/main')).filter((file) =>
      /-[\w-]{8}\.mjs$/.test(file),
    );
    expect(chunks.length).toBeGreaterThan(20);
    const loads = `for (const file of ${JSON.stringify(chunks)}) await import('./' + file); process.exit(0);`;
    const script = join(folder, 'application/out/main/loadAll.mjs');
    writeFileSync(script, loads);
    const standIn = new URL('./standIn/start.ts', import.meta.url).href;
    execFileSync(process.execPath, ['--import', standIn, script], { stdio: ['ignore', 'ignore', 'pipe'] });
  });

  it('computes with its own ONNX Runtime', () => {
    const probe = join(folder, 'application/out/main/deviceProbe.mjs');
    const answer = execFileSync(process.execPath, [probe, 'cpu'], { encoding: 'utf8' });
    expect(JSON.parse(answer)).toHaveProperty('gigaflops');
  });
});
