import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { genoiseError } from '../../shared/errors.ts';
import {
  decodeHeader,
  headerBytes,
  shardPath,
  sizeEntryBytes,
  type ShardLayout,
} from './pixelStoreFormat.ts';

/** Random access to the decoded images of a project. Reads only; safe in any thread or process. */
export interface PixelStore {
  /** Where it lies: other threads open it there. Empty for one that is only in memory. */
  readonly folder: string;
  /** M: every slot is uint8 [3, M, M]. */
  readonly slotSize: number;
  /** Number of slots, over all shards, that were complete when the store was opened. */
  readonly count: number;
  /**
   * Reads n slots (repeats allowed), from the disk in the order in which they lie there.
   * @param into  uint8 [n, 3, M, M], filled; image top left, the rest zero
   * @param sizes int32 [n, 2], filled with each image's height and width in its slot
   */
  readSlots(slots: readonly number[] | Int32Array, into: Uint8Array, sizes: Int32Array): void;
  close(): void;
}

/**
 * Opens the pixel store in `folder` (a project's `pixels/`).
 * @throws not-a-project when the folder holds no store, damaged-project when a shard is not sound
 */
export function openPixelStore(folder: string): PixelStore {
  const shards = openShards(folder);
  const { layout } = shards[0] ?? raise(folder, 'it holds no images');
  const sizeTable = concatenate(shards.map((shard) => shard.sizes));
  const count = sizeTable.length / 2;

  const readSlot = (slot: number, into: Uint8Array, offset: number): void => {
    const shard = shards[Math.floor(slot / layout.capacity)];
    if (shard === undefined || slot < 0 || slot >= count) throw new RangeError(`slot ${slot} of ${count}`);
    const position = layout.slotsOffset + (slot % layout.capacity) * layout.slotBytes;
    const got = readSync(shard.file, into, offset, layout.slotBytes, position);
    if (got !== layout.slotBytes) raise(folder, `slot ${slot} is cut off`);
  };

  return {
    folder,
    slotSize: layout.slotSize,
    count,
    readSlots(slots, into, sizes) {
      const rows = Uint32Array.from(slots.keys()).sort((a, b) => slots[a] - slots[b]);
      for (const i of rows) {
        const slot = slots[i];
        readSlot(slot, into, i * layout.slotBytes);
        sizes[2 * i] = sizeTable[2 * slot] ?? 0;
        sizes[2 * i + 1] = sizeTable[2 * slot + 1] ?? 0;
      }
    },
    close: () => shards.forEach((shard) => closeSync(shard.file)),
  };
}

/** An open shard file; `sizes` is int32 [n, 2] of its n complete slots. */
interface Shard {
  readonly file: number;
  readonly layout: ShardLayout;
  readonly sizes: Int32Array;
}

function openShards(folder: string): readonly Shard[] {
  const shards: Shard[] = [];
  try {
    for (let path = shardPath(folder, 0); existsSync(path); path = shardPath(folder, shards.length)) {
      shards.push(openShard(folder, path));
    }
    checkAgree(folder, shards);
    return shards;
  } catch (error) {
    shards.forEach((shard) => closeSync(shard.file));
    throw error;
  }
}

function openShard(folder: string, path: string): Shard {
  const file = openSync(path, 'r');
  try {
    const layout = readHeader(folder, file);
    return { file, layout, sizes: readSizes(file, layout) };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function readHeader(folder: string, file: number): ShardLayout {
  const header = Buffer.alloc(headerBytes);
  const got = readSync(file, header, 0, headerBytes, 0);
  const layout = decodeHeader(header.subarray(0, got));
  return typeof layout === 'string' ? raise(folder, layout) : layout;
}

/** Sizes of the leading slots that are written; the table is filled in order, so the first 0 ends it. */
function readSizes(file: number, layout: ShardLayout): Int32Array {
  const table = new Int32Array(layout.capacity * 2);
  readSync(file, table, 0, layout.capacity * sizeEntryBytes, headerBytes);
  let count = 0;
  while (count < layout.capacity && table[2 * count] !== 0) count += 1;
  return table.subarray(0, 2 * count);
}

function checkAgree(folder: string, shards: readonly Shard[]): void {
  const first = shards[0];
  if (first === undefined) return;
  shards.forEach(({ layout, sizes }, i) => {
    const same = layout.slotSize === first.layout.slotSize && layout.capacity === first.layout.capacity;
    if (!same) raise(folder, 'its shards disagree about the size of an image');
    const last = i === shards.length - 1;
    if (!last && sizes.length !== 2 * layout.capacity) raise(folder, `shard ${i} is incomplete`);
  });
}

function concatenate(parts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function raise(folder: string, reason: string): never {
  throw genoiseError('damaged-project', { folder, reason: `the pixel store: ${reason}` });
}
