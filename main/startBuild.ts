import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { genoiseError } from '../shared/errors.ts';

const pageSources = ['renderer', 'shared', 'vite.config.ts', 'package.json', 'package-lock.json'] as const;

/** What can be built, of what, by whom, and what is then there: the desktop's build makes the pages too. */
const builds = {
  pages: {
    sources: pageSources,
    command: ['vite/bin/vite.js', 'build', '--logLevel', 'error'],
    results: ['renderer/index.html'],
    makes: ['pages'],
  },
  desktop: {
    sources: [
      ...pageSources,
      'main',
      'electron.vite.config.ts',
      'build/copiedFolder.ts',
      'build/ownScripts.ts',
    ],
    command: ['electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'error'],
    results: ['main/desktop.mjs', 'preload/preload.cjs', 'renderer/index.html'],
    makes: ['desktop', 'pages'],
  },
} as const;

const wordsKept = 2000;

/**
 * Builds what a door needs when it was not built yet, or when something that it is made of is newer.
 * @param root of the repository
 * @throws pages-not-built
 */
export async function buildMissing(
  root: string,
  what: keyof typeof builds,
  note: (text: string) => void,
): Promise<void> {
  const { command, makes } = builds[what];
  const began = Date.now() / 1000;
  if (isBuilt(root, what)) return;
  note('Building the pages of Genoise: a few seconds, this once.');
  await run(root, command);
  for (const made of makes) {
    writeFileSync(stampOf(root, made), '');
    // A source that was changed during the build is newer than this.
    utimesSync(stampOf(root, made), began, began);
  }
}

function isBuilt(root: string, what: keyof typeof builds): boolean {
  const { sources, results } = builds[what];
  const newest = Math.max(...sources.map((source) => newestChange(join(root, source))));
  return (
    newest <= newestChange(stampOf(root, what)) &&
    results.every((file) => existsSync(join(root, 'out', file)))
  );
}

/** Written when a build has ended well: one that was stopped half-way is made again. */
function stampOf(root: string, what: keyof typeof builds): string {
  return join(root, 'out', `${what}.built`);
}

/** Milliseconds since 1970 of a file, or of the newest below a folder; 0 where there is nothing. */
function newestChange(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  // A folder's own time tells of files that were taken away.
  const below = readdirSync(path).map((name) => newestChange(join(path, name)));
  return Math.max(found.mtimeMs, ...below);
}

async function run(root: string, [script, ...options]: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'node_modules', script), ...options], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let words = '';
  const hear = (text: string): void => void (words = (words + text).slice(-wordsKept));
  child.stdout.setEncoding('utf8').on('data', hear);
  child.stderr.setEncoding('utf8').on('data', hear);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  if (status !== 0) throw genoiseError('pages-not-built', { reason: lastLine(words) });
}

function lastLine(words: string): string {
  const lines = words.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  return lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? 'the build ended without a word';
}
