import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isDiskFull } from '../../shared/diskFull.ts';
import { genoiseError } from '../../shared/errors.ts';

/** Writes all of `bytes` at the end of an open file. */
export type ByteWriter = (file: number, bytes: Uint8Array) => void;

/** Ending of the name of a file that is being written; one that lies around was never finished. */
export const partialEnding = '.partial';

/**
 * Writes a file so that at every instant either the whole new one or the whole old one is there: into a second file
 * in the same folder, synced, then renamed, then the folder synced. On failure that second file is removed.
 * @throws disk-full, cannot-write
 */
export function writeFileAtomically(
  path: string,
  pieces: readonly Uint8Array[],
  writeBytes: ByteWriter = writeAll,
): void {
  const partial = join(dirname(path), `.${basename(path)}${partialEnding}`);
  try {
    writeSynced(partial, pieces, writeBytes);
    renameSync(partial, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(partial, { force: true });
    throw named(path, error);
  }
}

/** `writeSync` may write less than it was given. */
export const writeAll: ByteWriter = (file, bytes) => {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
};

function writeSynced(path: string, pieces: readonly Uint8Array[], writeBytes: ByteWriter): void {
  const file = openSync(path, 'w');
  try {
    for (const piece of pieces) writeBytes(file, piece);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes the rename itself durable. Windows cannot open folders, and needs no such thing. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function named(path: string, error: unknown): Error {
  if (isDiskFull(error)) return genoiseError('disk-full', { folder: dirname(path) }, error);
  const reason = error instanceof Error ? error.message : String(error);
  return genoiseError('cannot-write', { path, reason }, error);
}
