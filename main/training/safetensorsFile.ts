import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { genoiseError } from '../../shared/errors.ts';
import { encodeSafetensors } from './safetensors.ts';
import { writeFileAtomically, type ByteWriter } from './writeFileAtomically.ts';

/**
 * Writes tensors and metadata to a file, atomically.
 * @returns the hexadecimal SHA-256 of the whole file
 * @throws disk-full, cannot-write: nothing half-written is left
 */
export function writeSafetensorsFile(
  path: string,
  content: Parameters<typeof encodeSafetensors>[0],
  writeBytes?: ByteWriter,
): string {
  const pieces = encodeSafetensors(content);
  writeFileAtomically(path, pieces, writeBytes);
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

/** The whole file. @throws cannot-read */
export function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw genoiseError('cannot-read', { path, reason }, error);
  }
}
