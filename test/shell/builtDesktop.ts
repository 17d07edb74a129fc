import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export const repository = resolve(import.meta.dirname, '../..');
const lock = join(repository, 'out', 'building');
const sources = [
  'main',
  'shared',
  'renderer',
  'build',
  'electron.vite.config.ts',
  'vite.config.ts',
  'package.json',
];

/** Builds the desktop application into out/ unless it is as new as its sources; one build at a time. */
export async function builtDesktop(): Promise<void> {
  const release = await takeLock();
  try {
    if (isCurrent()) return;
    execFileSync('npm', ['run', '--silent', 'build'], {
      cwd: repository,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  } finally {
    release();
  }
}

function isCurrent(): boolean {
  const built = ['main/desktop.mjs', 'preload/preload.cjs', 'renderer/index.html'].map((file) =>
    changedAt(join(repository, 'out', file)),
  );
  return Math.min(...built) >= Math.max(...sources.map((source) => newest(join(repository, source))));
}

function changedAt(path: string): number {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

function newest(path: string): number {
  if (!statSync(path).isDirectory()) return changedAt(path);
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** A folder can be made once. One that is left from a build that was killed counts for two minutes. */
async function takeLock(): Promise<() => void> {
  mkdirSync(join(repository, 'out'), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      return () => rmSync(lock, { recursive: true, force: true });
    } catch {
      if (Date.now() - changedAt(lock) > 120_000) rmSync(lock, { recursive: true, force: true });
      await wait(200);
    }
  }
}
