import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { genoiseError } from '../../shared/errors.ts';
import { isDiskFull } from '../../shared/diskFull.ts';

/** The files of one drop: a folder of its own that only this process writes to. */
export interface UploadBatch {
  readonly folder: string;
  /** Folders of images directly in it, as they were dropped: what is to be imported. */
  readonly roots: ReadonlySet<string>;
  /** Files that are whole. */
  readonly count: number;
  /**
   * Writes a file. Until it is whole it lies where no import looks, and it is gone when its bytes end too early.
   * @param names its path as it was dropped, the folder's name first where one was
   * @returns the folder, one of `roots`, in which it lies
   * @throws disk-full, cannot-write; what the bytes' source throws
   */
  add(names: readonly string[], bytes: AsyncIterable<Buffer>): Promise<string>;
}

/** For files that were dropped without a folder. */
export const looseFolder = 'Dropped images';

const hiddenFolder = '.incoming';

/** @param folder empty, of this batch alone */
export function createUploadBatch(folder: string): UploadBatch {
  const roots = new Set<string>();
  const taken = new Set<string>();
  let count = 0;

  /** Two folders of the same name may have been dropped at once: their files are kept apart by a number. */
  function freePath(names: readonly string[]): string {
    const path = join(folder, ...names);
    const ending = extname(path);
    const stem = path.slice(0, path.length - ending.length);
    for (let number = 1; ; number++) {
      const candidate = number === 1 ? path : `${stem} (${number})${ending}`;
      if (taken.has(folded(candidate))) continue;
      taken.add(folded(candidate));
      return candidate;
    }
  }

  async function write(path: string, bytes: AsyncIterable<Buffer>): Promise<void> {
    const part = join(folder, hiddenFolder, randomUUID());
    try {
      await mkdir(dirname(part), { recursive: true });
      await pipeline(bytes, createWriteStream(part, { flags: 'wx' }));
      await mkdir(dirname(path), { recursive: true });
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true });
      throw explain(error, path, folder);
    }
  }

  return {
    folder,
    roots,
    get count() {
      return count;
    },
    async add(names, bytes) {
      const placed = names.length === 1 ? [looseFolder, ...names] : names;
      const path = freePath(placed);
      try {
        await write(path, bytes);
      } catch (error) {
        taken.delete(folded(path));
        throw error;
      }
      const root = join(folder, placed[0]);
      roots.add(root);
      count += 1;
      return root;
    },
  };
}

/** Names that are one to the system are one here. */
function folded(path: string): string {
  const ignoresCase = process.platform === 'win32' || process.platform === 'darwin';
  return ignoresCase ? path.normalize('NFC').toLowerCase() : path;
}

const writeProblems: ReadonlySet<string> = new Set([
  'EACCES',
  'EEXIST',
  'EINVAL',
  'EIO',
  'EISDIR',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOTDIR',
  'EPERM',
  'EROFS',
]);

function explain(error: unknown, path: string, folder: string): unknown {
  if (isDiskFull(error)) return genoiseError('disk-full', { folder }, error);
  if (!(error instanceof Error) || !('code' in error) || !writeProblems.has(String(error.code))) return error;
  return genoiseError('cannot-write', { path, reason: String(error.code) }, error);
}
