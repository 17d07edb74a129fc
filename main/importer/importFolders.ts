import { availableParallelism } from 'node:os';
import { genoiseError } from '../../shared/errors.ts';
import type { ImportBatch, ImportProgress, ImportRequest } from '../../shared/importing.ts';
import type { ImportedImage } from '../../shared/records.ts';
import { chooseSlotSize } from './chooseSlotSize.ts';
import { readLongSide } from './decodeImage.ts';
import { inOrder } from './inOrder.ts';
import { openPixelStoreWriter, type PixelStoreWriter } from './pixelStoreWriter.ts';
import { planImport, type FoundFile } from './planImport.ts';
import { readImageFile } from './readImageFile.ts';
import { readPending, storeRead, type ContentIndex } from './readPending.ts';
import { rawPath, scanFolder } from './scanFolder.ts';

const batchImages = 256;
const batchMilliseconds = 1000;
const progressMilliseconds = 100;
/** Headers read to choose M. */
const sampleFiles = 200;
/** One more than the cores: the next file is decoded while the last one is being written. */
const filesInFlight = Math.max(2, availableParallelism() + 1);

export type OnProgress = (progress: ImportProgress) => void;

/**
 * Imports folders of images into a pixel store: scans, decodes what is new or changed, and hands out the rows to
 * write. The slots of a batch are on disk before the batch is; what the consumer did not take may be dropped by the
 * next import. Files with the same bytes share one slot.
 * @param signal honoured between files: the images read so far are handed out, then its reason is thrown
 * @throws no-such-folder, no-images (no file below any root), disk-full, damaged-project
 */
export async function* importFolders(
  request: ImportRequest,
  onProgress: OnProgress = () => undefined,
  signal?: AbortSignal,
): AsyncGenerator<ImportBatch> {
  const found = await scanRoots(request, onProgress, signal);
  const { pending, missing } = planImport(found, request);
  if (pending.length > 0) {
    const slotSize = request.slotsInUse > 0 ? null : (request.slotSize ?? (await sampleSlotSize(pending)));
    const writer = openPixelStoreWriter(request.pixelsFolder, {
      keep: request.slotsInUse,
      slotSize: slotSize ?? 0,
    });
    const progress = progressReporter(found.length, pending.length, writer.slotSize, onProgress);
    yield* readAll(pending, writer, knownContents(request), progress, signal);
  }
  if (missing.length > 0) yield { images: [], missing };
}

async function scanRoots(
  request: ImportRequest,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const { rootId, folder } of request.roots) {
    const before = found.length;
    const onFound = (files: number): void =>
      onProgress({ ...nothingYet, phase: 'scanning', found: before + files });
    const { files } = await scanFolder(folder, { onFound, ...(signal && { signal }) });
    for (const file of files) found.push({ ...file, rootId, root: folder });
  }
  if (found.length === 0)
    throw genoiseError('no-images', { folder: request.roots.map((r) => r.folder).join(', ') });
  return found;
}

/** M, from the headers of files spread evenly over the import. */
async function sampleSlotSize(files: readonly FoundFile[]): Promise<number> {
  const stride = Math.max(1, files.length / sampleFiles);
  const sample = Array.from(
    { length: Math.min(sampleFiles, files.length) },
    (_, i) => files[Math.floor(i * stride)],
  );
  const longSides: number[] = [];
  for await (const side of inOrder(sample, filesInFlight, longSideOf)) {
    if (side !== null) longSides.push(side);
  }
  return chooseSlotSize(longSides);
}

async function longSideOf(file: FoundFile): Promise<number | null> {
  const read = await readImageFile(rawPath(file.root, file.relativePath), file.byteSize);
  return 'reason' in read ? null : readLongSide(read.bytes);
}

function knownContents(request: ImportRequest): ContentIndex {
  const contents: ContentIndex = new Map();
  for (const { contentHash, slot, width, height } of request.known) {
    if (contentHash !== null && slot !== null) contents.set(contentHash, { slot, width, height });
  }
  return contents;
}

async function* readAll(
  pending: readonly FoundFile[],
  writer: PixelStoreWriter,
  contents: ContentIndex,
  progress: ProgressReporter,
  signal: AbortSignal | undefined,
): AsyncGenerator<ImportBatch> {
  let images: ImportedImage[] = [];
  let batchStart = performance.now();
  const read = (file: FoundFile) => readPending(file, writer.slotSize, contents);
  try {
    for await (const file of inOrder(pending, filesInFlight, read)) {
      const slotsBefore = writer.count;
      const image = storeRead(file, writer, contents);
      images.push(image);
      progress.add(image, image.slot !== null && writer.count === slotsBefore);
      if (signal?.aborted === true) break;
      if (images.length < batchImages && performance.now() - batchStart < batchMilliseconds) continue;
      writer.flush();
      yield { images, missing: [] };
      images = [];
      batchStart = performance.now();
    }
  } finally {
    writer.close();
  }
  if (images.length > 0) yield { images, missing: [] };
  progress.finish();
  signal?.throwIfAborted();
}

const nothingYet: ImportProgress = {
  phase: 'scanning',
  found: 0,
  total: 0,
  done: 0,
  unreadable: 0,
  duplicates: 0,
  slotSize: null,
  storeBytes: null,
};

interface ProgressReporter {
  add(image: ImportedImage, isDuplicate: boolean): void;
  finish(): void;
}

/** Reports `planned` at once, then `reading` at most every 100 ms and at the end. */
function progressReporter(
  found: number,
  total: number,
  slotSize: number,
  onProgress: OnProgress,
): ProgressReporter {
  const storeBytes = total * 3 * slotSize * slotSize;
  let state: ImportProgress = { ...nothingYet, phase: 'planned', found, total, slotSize, storeBytes };
  let reportedAt = performance.now();
  onProgress(state);
  return {
    add(image, isDuplicate) {
      state = {
        ...state,
        phase: 'reading',
        done: state.done + 1,
        unreadable: state.unreadable + (image.state === 'unreadable' ? 1 : 0),
        duplicates: state.duplicates + (isDuplicate ? 1 : 0),
      };
      if (performance.now() - reportedAt < progressMilliseconds) return;
      reportedAt = performance.now();
      onProgress(state);
    },
    finish: () => onProgress({ ...state, phase: 'reading' }),
  };
}
