import { statfs } from 'node:fs/promises';
import { genoiseError } from '../../shared/errors.ts';

/** Kept for everything else: a full disk would stop the project that the files are for. */
const kept = 256 * 1024 * 1024;

/** Bytes that a folder's disk can still take. */
export type FreeSpace = (folder: string) => Promise<number>;

export async function freeSpace(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.max(0, bavail * bsize - kept);
}

/** Lets bytes through as far as they are promised. @throws disk-full when there are more */
export async function* limitBytes(
  bytes: AsyncIterable<Buffer>,
  limit: number,
  folder: string,
): AsyncGenerator<Buffer> {
  let seen = 0;
  for await (const chunk of bytes) {
    seen += chunk.length;
    if (seen > limit) throw genoiseError('disk-full', { folder });
    yield chunk;
  }
}
