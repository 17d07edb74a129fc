import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Unreadable } from './decodeImage.ts';

/** Larger files are no photographs that anyone wants decoded, and would not fit into memory beside the rest. */
const maxFileBytes = 512 * 2 ** 20;

export interface ImageFile {
  readonly bytes: Buffer;
  /** Hexadecimal SHA-256 of `bytes`. */
  readonly contentHash: string;
}

/**
 * Reads and hashes a whole image file.
 * @param path     raw bytes: names need not be UTF-8
 * @param byteSize the size that the scan saw
 */
export async function readImageFile(path: Buffer, byteSize: number): Promise<ImageFile | Unreadable> {
  if (byteSize > maxFileBytes) return { reason: 'the file is larger than 512 MB' };
  try {
    const bytes = await readFile(path);
    return { bytes, contentHash: createHash('sha256').update(bytes).digest('hex') };
  } catch (error) {
    return { reason: `the file cannot be read (${systemCode(error)})` };
  }
}

function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
