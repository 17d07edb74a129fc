import { availableParallelism } from 'node:os';
import type { FileKey } from '../../shared/importing.ts';
import type { DecodePool } from './decodePool.ts';
import { inOrder } from './inOrder.ts';
import { knownHashes } from './knownHashes.ts';
import { filesFrom, type FileList, type FoundFile } from './planImport.ts';
import { filesAPortion, portions } from './portions.ts';
import { readPending, type ReadFile, type ReadOptions } from './readPending.ts';

/** A file to read. */
export interface PlannedFile extends FoundFile {
  /** It ended the process before. */
  readonly hasCrashed: boolean;
}

/** A file that was read. */
export interface PlannedRead {
  readonly file: PlannedFile;
  readonly read: ReadFile;
}

export interface ReadingOrder {
  /** Reads where there are many files. */
  readonly pool: DecodePool;
  /** How many of the first files are read one at a time, each announced before. */
  readonly careful: number;
  /** Null after the last of them. */
  readonly onTrying?: (file: FileKey | null) => Promise<void>;
}

/** Below this, starting threads takes longer than it saves. */
export const filesForThreads = 500;
/** One more than the cores: the next file is decoded while the last one is being written. */
const filesInFlight = Math.max(2, availableParallelism() + 1);
const portionsInFlight = 3 * availableParallelism() + 1;

/** Files that may have been read, or begun, beyond the last one that was handed out. */
export const readAhead = filesAPortion * (portionsInFlight + 1);

/**
 * Reads files with all cores and hands them out in their order, some at a time. Many files go to threads, a few are read here: the
 * decoder has threads of its own, and only the way to it costs.
 */
export async function* readInOrder(
  files: FileList<PlannedFile>,
  options: ReadOptions,
  { pool, careful, onTrying }: ReadingOrder,
): AsyncGenerator<readonly PlannedRead[]> {
  for (let i = 0; i < Math.min(careful, files.length); i += 1) {
    const file = files.at(i);
    await onTrying?.({ rootId: file.rootId, relativePath: file.relativePath });
    yield [{ file, read: await readPending(file, options) }];
  }
  if (careful > 0) await onTrying?.(null);
  const rest = filesFrom(files, careful);
  if (files.length - careful < filesForThreads) {
    yield* inOrder(rest, filesInFlight, async (file) => [{ file, read: await readPending(file, options) }]);
  } else {
    yield* readInThreads(rest, options, pool);
  }
}

function readInThreads(
  files: Iterable<PlannedFile>,
  options: ReadOptions,
  pool: DecodePool,
): AsyncGenerator<readonly PlannedRead[]> {
  const read = async (portion: readonly PlannedFile[]): Promise<readonly PlannedRead[]> => {
    const sent = portion.map(({ root, relativePath, byteSize, hasCrashed }) => {
      return { root, relativePath, byteSize, hasCrashed };
    });
    return (await pool.read(sent, options)).map((each, i) => ({ file: portion[i], read: each }));
  };
  return inOrder(portions(files), portionsInFlight, read);
}

/** The same file, decoded although its content seemed known. */
export async function readAgain(file: PlannedFile, options: ReadOptions): Promise<ReadFile> {
  return readPending(file, { ...options, known: knownHashes() });
}
