import {
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { namingFullDisk } from '../../shared/diskFull.ts';
import { genoiseError } from '../../shared/errors.ts';
import { jobNouns } from '../../shared/jobs.ts';
import { sameParent } from './sameParent.ts';
import {
  decodeHeader,
  encodeHeader,
  headerBytes,
  shardLayout,
  shardPath,
  sizeEntryBytes,
  type ShardLayout,
} from './pixelStoreFormat.ts';

/** Appends slots to the pixel store of a project. One at a time, under the project's lock. */
export interface PixelStoreWriter {
  /** M: a slot is uint8 [3, M, M]. */
  readonly slotSize: number;
  /** Slots appended so far, earlier ones included. */
  readonly count: number;
  /**
   * Writes one slot; it counts, and survives a crash, only after the next `flush`.
   * @param pixels uint8 [3, M, M], image top left, the rest zero
   * @returns the slot's number
   */
  append(pixels: Uint8Array, height: number, width: number): number;
  /** Returns when every appended slot is on disk. */
  flush(): void;
  /** Flushes and closes. */
  close(): void;
}

export interface PixelStoreWriterOptions {
  /** Slots to keep; those beyond were never counted (an import that was cut off) and are dropped. */
  readonly keep: number;
  /** M, where no slot is kept: it starts a new store. */
  readonly slotSize: number;
  /** Slots a shard in a new store; for tests. */
  readonly capacity?: number;
  /**
   * Whether this process may still write, asked before each write: once its parent is gone, another import may have
   * begun, while this one hung in a wait for the disk. Absent: as long as the parent is the same.
   */
  readonly isWanted?: () => boolean;
}

/** Slots are gathered up to so many bytes, then written. */
const waitingBytes = 2 ** 20;

/**
 * Opens the pixel store in `folder` for appending, making the folder if need be.
 * @throws disk-full, also from the methods; damaged-project when slots to be kept are not there
 */
export function openPixelStoreWriter(folder: string, options: PixelStoreWriterOptions): PixelStoreWriter {
  return namingFullDisk(folder, () => {
    mkdirSync(folder, { recursive: true });
    const layout = options.keep > 0 ? readLayout(folder) : shardLayout(options.slotSize, options.capacity);
    dropFrom(folder, layout, options.keep);
    return writer(folder, layout, options.keep, options.isWanted ?? sameParent());
  });
}

function writer(
  folder: string,
  layout: ShardLayout,
  keep: number,
  isWanted: () => boolean,
): PixelStoreWriter {
  let count = keep;
  let flushed = keep;
  let file = openShard(folder, layout, Math.floor(count / layout.capacity));
  /** Heights and widths of the slots from `flushed` on: written only when their pixels are on disk. */
  let pending: number[] = [];
  /** The slots from `written` on: many are written at once. */
  const waiting = Buffer.allocUnsafeSlow(
    Math.max(1, Math.floor(waitingBytes / layout.slotBytes)) * layout.slotBytes,
  );
  let written = keep;

  const checkWanted = (): void => {
    if (isWanted()) return;
    throw genoiseError('worker-crashed', { job: jobNouns.import, reason: 'the application has ended' });
  };
  const writeWaiting = (): void => {
    checkWanted();
    const bytes = waiting.subarray(0, (count - written) * layout.slotBytes);
    writeAll(file, bytes, layout.slotsOffset + (written % layout.capacity) * layout.slotBytes);
    written = count;
  };
  const flush = (): void => {
    if (flushed === count) return;
    writeWaiting();
    fdatasyncSync(file);
    checkWanted();
    const entries = Buffer.from(Uint32Array.from(pending).buffer);
    writeAll(file, entries, headerBytes + (flushed % layout.capacity) * sizeEntryBytes);
    fdatasyncSync(file);
    flushed = count;
    pending = [];
  };
  const nextShard = (): void => {
    flush();
    closeSync(file);
    file = openShard(folder, layout, count / layout.capacity);
  };
  const append = (pixels: Uint8Array, height: number, width: number): number => {
    if (pixels.length !== layout.slotBytes) throw new RangeError(`a slot has ${layout.slotBytes} bytes`);
    waiting.set(pixels, (count - written) * layout.slotBytes);
    pending.push(height, width);
    count += 1;
    if (count % layout.capacity === 0) nextShard();
    else if ((count - written) * layout.slotBytes === waiting.length) writeWaiting();
    return count - 1;
  };

  return {
    slotSize: layout.slotSize,
    get count() {
      return count;
    },
    append: (pixels, height, width) => namingFullDisk(folder, () => append(pixels, height, width)),
    flush: () => namingFullDisk(folder, flush),
    close: () =>
      namingFullDisk(folder, () => {
        try {
          flush();
        } finally {
          closeSync(file);
        }
      }),
  };
}

/** M of the store in `folder`, read from its first shard. @throws damaged-project */
function readLayout(folder: string): ShardLayout {
  const path = shardPath(folder, 0);
  if (!existsSync(path)) throw damaged(folder, 'its first file is gone');
  const file = openSync(path, 'r');
  try {
    const header = Buffer.alloc(headerBytes);
    const layout = decodeHeader(header.subarray(0, readSync(file, header, 0, headerBytes, 0)));
    if (typeof layout === 'string') throw damaged(folder, layout);
    return layout;
  } finally {
    closeSync(file);
  }
}

/** Leaves the first `keep` slots: later shards are removed, the last one is cut. */
function dropFrom(folder: string, layout: ShardLayout, keep: number): void {
  const last = Math.floor(keep / layout.capacity);
  const kept = keep % layout.capacity;
  for (let shard = kept > 0 ? last + 1 : last; existsSync(shardPath(folder, shard)); shard += 1) {
    rmSync(shardPath(folder, shard));
  }
  for (let shard = 0; shard < last + (kept > 0 ? 1 : 0); shard += 1) {
    if (!existsSync(shardPath(folder, shard))) throw damaged(folder, `shard ${shard} is gone`);
  }
  if (kept > 0) cutShard(shardPath(folder, last), layout, kept);
}

function cutShard(path: string, layout: ShardLayout, kept: number): void {
  const file = openSync(path, 'r+');
  try {
    const dropped = Buffer.alloc((layout.capacity - kept) * sizeEntryBytes);
    writeAll(file, dropped, headerBytes + kept * sizeEntryBytes);
    ftruncateSync(file, layout.slotsOffset + kept * layout.slotBytes);
  } finally {
    closeSync(file);
  }
}

/** Opens shard `shard`, which has room: an existing one that was cut, or a new one. */
function openShard(folder: string, layout: ShardLayout, shard: number): number {
  const path = shardPath(folder, shard);
  if (existsSync(path)) return openSync(path, 'r+');
  const file = openSync(path, 'w+');
  try {
    // With its table: a reader may open a store that has no slot yet.
    writeAll(file, Buffer.concat([encodeHeader(layout), Buffer.alloc(layout.capacity * sizeEntryBytes)]), 0);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return file;
}

function writeAll(file: number, bytes: Uint8Array, position: number): void {
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
  }
}

function damaged(folder: string, reason: string): Error {
  return genoiseError('damaged-project', { folder, reason: `the pixel store: ${reason}` });
}
