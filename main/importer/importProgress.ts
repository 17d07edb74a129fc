import type { ImportProgress, StoreChoice } from '../../shared/importing.ts';
import { filesFrom, type FileList } from './planImport.ts';
import type { StoredRead } from './storeRead.ts';

const progressMilliseconds = 100;

export type OnProgress = (progress: ImportProgress) => void;

export const nothingYet: ImportProgress = {
  phase: 'scanning',
  found: 0,
  total: 0,
  done: 0,
  unreadable: 0,
  duplicates: 0,
  slotSize: null,
  storeBytes: null,
  smaller: [],
  unreadableFolders: [],
};

export interface ProgressReporter {
  add(read: StoredRead): void;
  finish(): void;
}

/** Reports `planned` at once, then `reading` at most every 100 ms and at the end. */
export function progressReporter(planned: Partial<ImportProgress>, onProgress: OnProgress): ProgressReporter {
  let state: ImportProgress = { ...nothingYet, ...planned, phase: 'planned' };
  let reportedAt = performance.now();
  onProgress(state);
  return {
    add({ image, isDuplicate }) {
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

/** What a JPEG of 256 pixels takes; a smaller file is its own thumbnail. */
const thumbnailBytes = 14_000;
const slotSizes = [192, 128, 96, 64, 48, 32];

/** Bytes that the slots of `files` take at most, with their thumbnails about so. */
export function storeBytes(files: FileList, slotSize: number, thumbnails: boolean): number {
  const pixels = files.length * 3 * slotSize * slotSize;
  if (!thumbnails) return pixels;
  let bytes = pixels;
  for (const file of filesFrom(files)) bytes += Math.min(file.byteSize, thumbnailBytes);
  return bytes;
}

/** What smaller slots would take. */
export function smallerChoices(
  files: FileList,
  slotSize: number,
  thumbnails: boolean,
): readonly StoreChoice[] {
  // The thumbnails are the same whatever the slots.
  const others = storeBytes(files, 0, thumbnails);
  return slotSizes
    .filter((side) => side < slotSize)
    .map((side) => ({ slotSize: side, bytes: others + storeBytes(files, side, false) }));
}
