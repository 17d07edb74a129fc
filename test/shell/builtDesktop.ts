import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildMissing } from '../../main/startBuild.ts';

export const repository = resolve(import.meta.dirname, '../..');
const lock = join(repository, 'out', 'building');

/** Builds the desktop application into out/ unless it is as new as its sources; one build at a time. */
export async function builtDesktop(): Promise<void> {
  const release = await takeLock();
  try {
    await buildMissing(repository, 'desktop', () => undefined);
  } finally {
    release();
  }
}

/** A folder can be made once. One that is left from a build that was killed counts for two minutes. */
async function takeLock(): Promise<() => void> {
  mkdirSync(join(repository, 'out'), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      return () => rmSync(lock, { recursive: true, force: true });
    } catch {
      if (ageOf(lock) > 120_000) rmSync(lock, { recursive: true, force: true });
      await wait(200);
    }
  }
}

/** Milliseconds; 0 for what has just gone. */
function ageOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? 0 : Date.now() - found.mtimeMs;
}
