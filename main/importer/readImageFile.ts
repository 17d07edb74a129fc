import { hash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { Unreadable } from './decodeImage.ts';
import { signatureBytes } from './imageFormat.ts';
import { unsupportedKind } from './unsupportedKind.ts';

/** Larger files are no photographs that anyone wants decoded, and would not fit into memory beside the rest. */
const maxFileBytes = 512 * 2 ** 20;
/** From this size on the start is looked at alone: a film is not read to its end to say that it is one. */
const largeFileBytes = 2 ** 20;
/** What small files are read into. */
const oneRead = Buffer.allocUnsafeSlow(64 * 1024 + 1);

export interface ImageFile {
  readonly bytes: Buffer;
  /** Hexadecimal SHA-256 of `bytes`. */
  readonly contentHash: string;
}

/**
 * Reads and hashes a whole image file. It is opened for reading only, and never waited for (a pipe, a device).
 * @param path     raw bytes: names need not be UTF-8
 * @param byteSize what it had when it was last looked at, where it was a regular file then
 * @param allocate gives the memory for a file of so many bytes
 */
export function readImageFile(
  path: Buffer,
  byteSize = 0,
  allocate: (bytes: number) => Buffer = (bytes) => Buffer.allocUnsafeSlow(bytes),
): ImageFile | Unreadable {
  let file: number | null = null;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const small = readSmall(file, byteSize, allocate);
    if (small !== null) return hashed(small);
    const before = fstatSync(file);
    const refused = refusal(file, before);
    if (refused !== null) return { reason: refused };
    const bytes = readAll(file, allocate(before.size));
    if (hasChanged(before, fstatSync(file), bytes.length)) {
      return { reason: 'it changed while it was being read: import again when it is complete' };
    }
    return hashed(bytes);
  } catch (error) {
    return { reason: systemReason(error) };
  } finally {
    if (file !== null) closeSync(file);
  }
}

function hashed(bytes: Buffer): ImageFile {
  return { bytes, contentHash: hash('sha256', bytes, 'hex') };
}

/** The bytes of a small file that still has the size that was seen, in one read; null where more has to be asked. */
function readSmall(file: number, byteSize: number, allocate: (bytes: number) => Buffer): Buffer | null {
  if (byteSize === 0 || byteSize > oneRead.length - 1) return null;
  // With room for one byte more: a file that has grown is seen.
  if (readSync(file, oneRead, 0, byteSize + 1, 0) !== byteSize) return null;
  const bytes = allocate(byteSize);
  bytes.set(oneRead.subarray(0, byteSize));
  return bytes;
}

function refusal(file: number, { size, mode }: Stats): string | null {
  if (!isRegular(mode)) return 'it is no regular file but a folder, a pipe, a socket or a device';
  if (size <= largeFileBytes) return null;
  const start = Buffer.alloc(signatureBytes);
  const unsupported = unsupportedKind(start.subarray(0, readSync(file, start, 0, signatureBytes, 0)));
  if (unsupported !== null) return unsupported;
  return size > maxFileBytes ? 'the file is larger than 512 MB' : null;
}

function isRegular(mode: number): boolean {
  return (mode & constants.S_IFMT) === constants.S_IFREG;
}

/** As many bytes as there is room for: what the file had when it was opened; fewer when it was cut since. */
function readAll(file: number, bytes: Buffer): Buffer {
  let length = 0;
  while (length < bytes.length) {
    const got = readSync(file, bytes, length, bytes.length - length, length);
    if (got === 0) break;
    length += got;
  }
  return bytes.subarray(0, length);
}

function hasChanged(before: Stats, after: Stats, read: number): boolean {
  return read !== before.size || after.size !== before.size || after.mtimeMs !== before.mtimeMs;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'the file is gone, or it is a link to one that is not there',
  ELOOP: 'it is a link that leads in a circle',
  EACCES: 'you are not allowed to read it: change its permissions',
  EPERM: 'you are not allowed to read it: change its permissions',
  ENOTDIR: 'the file is gone, or it is a link to one that is not there',
  EISDIR: 'it is a folder',
  ENXIO: 'it is no regular file but a folder, a pipe, a socket or a device',
  EIO: 'the disk reports an error while reading it',
  ENAMETOOLONG: 'its name is too long for the system',
  EMFILE: 'too many files are open: import again',
};

/** What the system says about a file that cannot be read, as a clause for people. */
export function systemReason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return reasons[code] ?? `the file cannot be read (${code})`;
}
