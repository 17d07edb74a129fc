import { availableParallelism } from 'node:os';
import { genoiseError } from '../../shared/errors.ts';
import type {
  FileKey,
  ImportBatch,
  ImportProgress,
  ImportRequest,
  SlotThumbnail,
} from '../../shared/importing.ts';
import type { ImportedImage } from '../../shared/records.ts';
import { chooseSlotSize } from './chooseSlotSize.ts';
import { readLongSide } from './decodeImage.ts';
import {
  nothingYet,
  progressReporter,
  smallerChoices,
  storeBytes,
  type OnProgress,
  type ProgressReporter,
} from './importProgress.ts';
import { addKnown, contentIndex } from './contentIndex.ts';
import { inOrder } from './inOrder.ts';
import { decodePool, type DecodePool } from './decodePool.ts';
import { knownHashes } from './knownHashes.ts';
import { openPixelStoreWriter, type PixelStoreWriter } from './pixelStoreWriter.ts';
import {
  fileKey,
  planImport,
  type FileList,
  type Found,
  type FoundFile,
  type FoundRoot,
  type UnreadableFolder,
} from './planImport.ts';
import { readImageFile } from './readImageFile.ts';
import { filesForThreads, readAgain, readAhead, readInOrder, type PlannedFile } from './readInOrder.ts';
import type { ReadOptions } from './readPending.ts';
import { rawPath, scanTable } from './scanFolder.ts';
import { storeRead, type StoredRead } from './storeRead.ts';

/**
 * A batch costs waits for the disk, and writes the same pages of the database's indexes again: small images come in
 * larger ones.
 */
const batchPixelBytes = 6 * 2 ** 20;
const [fewestInBatch, mostInBatch] = [256, 2048];
const batchMilliseconds = 1000;
/** The first batch, for which somebody waits who wants to see something. */
const [firstImages, firstMilliseconds] = [64, 150];
/** One core is for what is not decoding: finding files, packing their pixels, writing their rows. */
const decodingThreads = Math.max(1, availableParallelism() - 1);
/** Headers read to choose M. */
const sampleFiles = 200;
const headersInFlight = Math.max(2, availableParallelism());

export interface ImportHooks {
  readonly onProgress?: OnProgress;
  /** In a careful import: awaited before each file that may have ended the process before; null after the last. */
  readonly onTrying?: (file: FileKey | null) => Promise<void>;
  /** Honoured between files: the images read so far are handed out, then its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * Imports folders of images into a pixel store: scans, decodes what is new or changed, and hands out the rows to
 * write. The slots of a batch are on disk before the batch is; what the consumer did not take may be dropped by the
 * next import. Files with the same bytes share one slot. Every file becomes a row, with a reason where it is unusable.
 * @throws no-such-folder, no-images (no file below any root), disk-full, damaged-project, worker-crashed; the
 *   signal's reason
 */
export async function* importFolders(
  request: ImportRequest,
  hooks: ImportHooks = {},
): AsyncGenerator<ImportBatch> {
  const pool = decodePool(decodingThreads);
  try {
    yield* importWith(pool, request, hooks);
  } finally {
    await pool.close();
  }
}

async function* importWith(
  pool: DecodePool,
  request: ImportRequest,
  hooks: ImportHooks,
): AsyncGenerator<ImportBatch> {
  const { onProgress = () => undefined } = hooks;
  const known = request.known.reduce((sum, { ids }) => sum + ids.length, 0);
  const found = await scanRoots(
    request,
    (progress) => {
      // So many files must be new: the threads start while the rest is looked for.
      if (progress.found - known >= filesForThreads) pool.start();
      onProgress(progress);
    },
    hooks.signal,
  );
  const { pending, missing } = planImport(found, request.known);
  if (pending.length > 0) {
    const isNew = request.slotsInUse === 0;
    const slotSize = isNew ? (request.slotSize ?? (await sampleSlotSize(pending))) : 0;
    const { thumbnails = false, mostBytes = Infinity } = request;
    const plan = (side: number): Omit<ImportProgress, 'phase' | 'done' | 'unreadable' | 'duplicates'> => ({
      found: countFiles(found.roots),
      total: pending.length,
      slotSize: side,
      storeBytes: storeBytes(pending, side, thumbnails),
      smaller: isNew ? smallerChoices(pending, side, thumbnails) : [],
      unreadableFolders: found.unreadableFolders.map(displayPath),
    });
    const first = plan(slotSize);
    if (first.smaller.length > 0 && request.slotSize === undefined && (first.storeBytes ?? 0) > mostBytes) {
      // It is for the user to say; nothing is decided yet.
      onProgress({ ...nothingYet, ...first, phase: 'planned' });
      return;
    }
    const writer = openPixelStoreWriter(request.pixelsFolder, { keep: request.slotsInUse, slotSize });
    const planned = plan(writer.slotSize);
    yield* readAll(pending, writer, request, progressReporter(planned, onProgress), hooks, pool);
  }
  if (missing.length > 0) yield { images: [], missing };
}

async function scanRoots(
  request: ImportRequest,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const roots: FoundRoot[] = [];
  const unreadableFolders: UnreadableFolder[] = [];
  for (const { rootId, folder: root } of request.roots) {
    const before = countFiles(roots);
    const onFound = (count: number): void => onProgress({ ...nothingYet, found: before + count });
    const scan = await scanTable(root, { onFound, ...(signal && { signal }) });
    roots.push({ rootId, root, files: scan.files });
    for (const relativePath of scan.unreadableFolders) unreadableFolders.push({ rootId, root, relativePath });
  }
  const unreadable = unreadableFolders.map(displayPath);
  const count = countFiles(roots);
  if (count === 0) {
    throw genoiseError('no-images', { folder: request.roots.map((r) => r.folder).join(', '), unreadable });
  }
  onProgress({ ...nothingYet, found: count, unreadableFolders: unreadable });
  return { roots, unreadableFolders };
}

function countFiles(roots: readonly FoundRoot[]): number {
  return roots.reduce((sum, { files }) => sum + files.length, 0);
}

function displayPath({ root, relativePath }: UnreadableFolder): string {
  return rawPath(root, relativePath).toString();
}

/** M, from the headers of files spread evenly over the import. */
async function sampleSlotSize(files: FileList): Promise<number> {
  const stride = Math.max(1, files.length / sampleFiles);
  const sample = Array.from({ length: Math.min(sampleFiles, files.length) }, (_, i) =>
    files.at(Math.floor(i * stride)),
  );
  const longSides: number[] = [];
  for await (const side of inOrder(sample, headersInFlight, longSideOf)) {
    if (side !== null) longSides.push(side);
  }
  return chooseSlotSize(longSides);
}

async function longSideOf(file: FoundFile): Promise<number | null> {
  const read = readImageFile(rawPath(file.root, file.relativePath));
  return 'reason' in read ? null : readLongSide(read.bytes);
}

async function* readAll(
  pending: FileList,
  writer: PixelStoreWriter,
  request: ImportRequest,
  progress: ProgressReporter,
  { signal, onTrying }: ImportHooks,
  pool: DecodePool,
): AsyncGenerator<ImportBatch> {
  const contents = contentIndex();
  for (const part of request.known) addKnown(contents, part);
  const options: ReadOptions = {
    slotSize: writer.slotSize,
    thumbnails: request.thumbnails ?? false,
    known: knownHashes(contents.prefixes()),
  };
  const batchImages = imagesABatch(writer.slotSize);
  const order = {
    pool,
    careful: request.careful === true ? carefulFiles(batchImages) : 0,
    ...(onTrying && { onTrying }),
  };
  let batch = emptyBatch();
  let [most, milliseconds] = [Math.min(firstImages, batchImages), firstMilliseconds];
  try {
    for await (const portion of readInOrder(plannedFiles(pending, request), options, order)) {
      for (const { file, read } of portion) {
        const isOnlyNearlyKnown =
          read.reason === null && read.decoded === null && !contents.has(read.contentHash);
        const whole = isOnlyNearlyKnown ? await readAgain(file, options) : read;
        progress.add(addTo(batch, storeRead(file, whole, writer, contents)));
      }
      if (signal?.aborted === true) break;
      if (batch.images.length < most && performance.now() - batch.startedAt < milliseconds) continue;
      writer.flush();
      yield toBatch(batch);
      batch = emptyBatch();
      [most, milliseconds] = [batchImages, batchMilliseconds];
    }
  } finally {
    writer.close();
  }
  if (batch.images.length > 0) yield toBatch(batch);
  progress.finish();
  signal?.throwIfAborted();
}

function imagesABatch(slotSize: number): number {
  const fitting = Math.floor(batchPixelBytes / (3 * slotSize * slotSize));
  return Math.min(mostInBatch, Math.max(fewestInBatch, fitting));
}

/** After a crash, the files that may have been in flight: in the batch handed out last, in the next, and being read. */
function carefulFiles(batchImages: number): number {
  return 2 * batchImages + readAhead;
}

function plannedFiles(pending: FileList, request: ImportRequest): FileList<PlannedFile> {
  const crashed = new Set((request.crashed ?? []).map(fileKey));
  return {
    length: pending.length,
    at(i) {
      const file = pending.at(i);
      return { ...file, hasCrashed: crashed.size > 0 && crashed.has(fileKey(file)) };
    },
  };
}

interface OpenBatch {
  readonly images: ImportedImage[];
  readonly thumbnails: SlotThumbnail[];
  readonly startedAt: number;
}

function emptyBatch(): OpenBatch {
  return { images: [], thumbnails: [], startedAt: performance.now() };
}

function addTo(batch: OpenBatch, stored: StoredRead): StoredRead {
  batch.images.push(stored.image);
  if (stored.thumbnail !== null) batch.thumbnails.push(stored.thumbnail);
  return stored;
}

function toBatch({ images, thumbnails }: OpenBatch): ImportBatch {
  return { images, missing: [], ...(thumbnails.length > 0 && { thumbnails }) };
}
