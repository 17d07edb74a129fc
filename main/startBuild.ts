import { spawn } from 'node:child_process';
import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { genoiseError } from '../shared/errors.ts';

/** All that the built pages are made of. */
const sources = ['renderer', 'shared', 'vite.config.ts', 'package-lock.json'];
/** Written when a build has ended well: one that was stopped half-way is made again. */
const stamp = 'renderer.built';
const wordsKept = 2000;

/**
 * Builds the pages when there are none, or when something they are made of is newer.
 * @param root of the repository
 * @throws pages-not-built
 */
export async function buildPages(root: string, note: (text: string) => void): Promise<void> {
  const stampPath = join(root, 'out', stamp);
  const began = Date.now();
  const newest = Math.max(...sources.map((source) => newestChange(join(root, source))));
  if (newest <= newestChange(stampPath)) return;
  note('Building the pages of Genoise: a few seconds, this once.');
  await runVite(root);
  // A source that was changed during the build is newer than this.
  writeFileSync(stampPath, '');
  utimesSync(stampPath, began / 1000, began / 1000);
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

async function runVite(root: string): Promise<void> {
  const script = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const child = spawn(process.execPath, [script, 'build', '--logLevel', 'error'], {
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
  return lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? 'vite ended without a word';
}
