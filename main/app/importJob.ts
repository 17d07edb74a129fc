import { GenoiseError } from '../../shared/errors.ts';
import type { FileKey, ImportProgress, ImportRequest } from '../../shared/importing.ts';
import { knownPath, type KnownImages } from '../../shared/knownImages.ts';
import type { RootId } from '../../shared/records.ts';
import type { Library } from '../library/client.ts';
import { runJob } from '../worker/host.ts';
import { warmUp } from '../worker/hostWarm.ts';

const imagesAPortion = 5000;

/** What the caller decides; the rest of a request is what the project knows. */
export type ImportOrder = Pick<ImportRequest, 'roots' | 'slotSize' | 'mostBytes' | 'thumbnails'>;

/**
 * Runs an import in the worker and writes its rows. A file that ends the worker's process twice while it is read alone
 * (once may be somebody else's doing: memory that ran out) is marked unreadable, and the import goes on in a new
 * process: first with one file at a time, until the culprit is known or passed.
 * @returns the last progress; null when there was none
 * @throws what the job throws; `worker-crashed` when the process dies over something that is no file
 */
export async function runImportJob(
  library: Library,
  order: ImportOrder,
  onProgress: (progress: ImportProgress) => void,
  signal?: AbortSignal,
): Promise<ImportProgress | null> {
  const crashed: FileKey[] = [];
  let suspect: FileKey | null = null;
  let careful = false;
  let before: ImportProgress | null = null;
  for (;;) {
    const attempt: Attempt = { careful, trying: null, progress: before };
    try {
      await runJob('import', await requestFor(library, order, crashed, careful), {
        onEvent: async (event) => {
          if (event.kind === 'batch') await library.write.writeBatch(event.batch);
          else if (event.kind === 'progress')
            onProgress((attempt.progress = onTopOf(before, event.progress)));
          else noteTrying(attempt, event.file);
        },
        ...(signal && { signal }),
        environment: smallHeaps(),
      });
      return attempt.progress;
    } catch (error) {
      if (!(error instanceof GenoiseError) || error.code !== 'worker-crashed') throw error;
      // With one file at a time a crash is that file's, or nobody's.
      if (attempt.careful && attempt.trying === null) throw error;
      const isGuilty = attempt.trying !== null && suspect !== null && isSame(attempt.trying, suspect);
      if (isGuilty && suspect !== null) crashed.push(suspect);
      suspect = attempt.trying;
      before = attempt.progress === null ? null : withRestart(attempt.progress, isGuilty ? suspect : null);
      if (before !== null) onProgress(before);
      careful = true;
    }
  }
}

/** Starts a worker that the next import of this application takes. */
export function prepareImport(): void {
  warmUp('import', smallHeaps());
}

/**
 * Node lets the youngest part of each thread's memory grow to 3 × 16 MB, and pixels that are no longer used stay as long
 * as it is not full: with 3 × 4 MB an import takes half of the memory. Electron, which passes no options of Node's on,
 * has this for the threads that decode (`decodePool.ts`).
 */
function smallHeaps(): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --max-semi-space-size=4`.trim() };
}

function isSame(a: FileKey, b: FileKey): boolean {
  return a.rootId === b.rootId && Buffer.compare(a.relativePath, b.relativePath) === 0;
}

/** @param blamed the file that is now known to crash the decoder */
function withRestart(progress: ImportProgress, blamed: FileKey | null): ImportProgress {
  const file = blamed === null ? null : Buffer.from(blamed.relativePath).toString();
  return { ...progress, restart: { count: (progress.restart?.count ?? 0) + 1, file } };
}

/** One process of an import. */
interface Attempt {
  /** Whether files are read one at a time right now. */
  careful: boolean;
  trying: FileKey | null;
  progress: ImportProgress | null;
}

function noteTrying(attempt: Attempt, file: FileKey | null): void {
  attempt.trying = file;
  if (file === null) attempt.careful = false;
}

/** Progress after a new start: what is no longer to be read was done before. */
function onTopOf(before: ImportProgress | null, now: ImportProgress): ImportProgress {
  if (before === null || now.phase === 'scanning') return before ?? now;
  const doneBefore = Math.max(0, before.total - now.total);
  return {
    ...now,
    // The plan was told once.
    phase: 'reading',
    total: before.total,
    ...(before.restart && { restart: before.restart }),
    done: doneBefore + now.done,
    unreadable: Math.min(doneBefore, before.unreadable) + now.unreadable,
    duplicates: Math.min(doneBefore, before.duplicates) + now.duplicates,
  };
}

/** All that the project knows, portion by portion: nothing else waits for the reader meanwhile. */
async function knownImages(read: Library['read']): Promise<readonly KnownImages[]> {
  const known: KnownImages[] = [];
  let after: FileKey | null = null;
  for (;;) {
    const part: KnownImages = await read.listKnownImages(after, imagesAPortion);
    const last = part.ids.length - 1;
    if (last < 0) return known;
    known.push(part);
    after = { rootId: part.rootIds[last] as RootId, relativePath: knownPath(part, last).slice() };
  }
}

async function requestFor(
  { read, pixelsFolder }: Library,
  order: ImportOrder,
  crashed: readonly FileKey[],
  careful: boolean,
): Promise<ImportRequest> {
  return {
    ...order,
    pixelsFolder,
    known: await knownImages(read),
    slotsInUse: await read.slotsInUse(),
    crashed: [...crashed],
    careful,
  };
}
