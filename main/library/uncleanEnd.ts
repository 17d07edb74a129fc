import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadableDatabase } from './database.ts';
import { isProjectOpen } from './lockProject.ts';

/** A file that lies in the project's folder as long as a process writes the project, and after one that was killed. */
export interface OpenMarker {
  /** Whether the last process that wrote the project did not come to close it. */
  readonly unclean: boolean;
  remove(): void;
}

/** Leaves the marker; under the project's lock. */
export function markOpen(folder: string): OpenMarker {
  const path = markerPath(folder);
  const unclean = existsSync(path);
  if (!unclean)
    writeFileSync(path, 'This project is open for writing, or was when its process was killed.\n', {
      flush: true,
    });
  return { unclean, remove: () => rmSync(path, { force: true }) };
}

/** Whether the marker lies there and nobody has the project open: for who takes no lock. */
export function endedUnclean(folder: string): boolean {
  return existsSync(markerPath(folder)) && !isProjectOpen(folder);
}

function markerPath(folder: string): string {
  return join(folder, 'open');
}

/** What SQLite finds wrong with the whole file, the first problem of it; null when it is sound. */
export function findDamage(db: ReadableDatabase): string | null {
  const answer = String(db.pragma('main.quick_check(1)', { simple: true }));
  return answer === 'ok' ? null : answer.replace(/\s+/g, ' ').replace(/^\*\*\* in database main \*\*\* /, '');
}
