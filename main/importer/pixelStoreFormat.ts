import { join } from 'node:path';

/**
 * The layout of one shard file `00000.pack`, little-endian:
 *
 *     0    8 bytes  magic "GNSPIXEL"
 *     8    u32      version
 *     12   u32      M, the slot's side in pixels
 *     16   u32      capacity: slots in a full shard, the same for every shard of a store
 *     20   ...      zero
 *     64   capacity times (u32 height, u32 width); 0, 0 for a slot that is not written yet
 *     ...  capacity times a slot, from a multiple of 4,096: uint8 [3, M, M], top left, the rest zero
 *
 * Slot s of the store is slot s mod capacity of shard floor(s / capacity).
 */
const magic = 'GNSPIXEL';
const version = 1;
export const headerBytes = 64;
export const sizeEntryBytes = 8;
const slotAlignment = 4096;
const shardBytesTarget = 256 * 2 ** 20;
const maxCapacity = 65_536;

/** Where things lie in each shard of a store. */
export interface ShardLayout {
  /** M: the side of a slot in pixels. */
  readonly slotSize: number;
  /** Slots in a full shard. */
  readonly capacity: number;
  /** Bytes of one slot, 3 · M · M. */
  readonly slotBytes: number;
  /** Offset of the first slot in the file. */
  readonly slotsOffset: number;
}

/** The layout of a store whose slots are M × M. */
export function shardLayout(slotSize: number, capacity = defaultCapacity(slotSize)): ShardLayout {
  const tableEnd = headerBytes + capacity * sizeEntryBytes;
  return {
    slotSize,
    capacity,
    slotBytes: 3 * slotSize * slotSize,
    slotsOffset: Math.ceil(tableEnd / slotAlignment) * slotAlignment,
  };
}

function defaultCapacity(slotSize: number): number {
  return Math.min(maxCapacity, Math.max(1, Math.floor(shardBytesTarget / (3 * slotSize * slotSize))));
}

/** Path of shard `shard` of the store in `folder`. */
export function shardPath(folder: string, shard: number): string {
  return join(folder, `${String(shard).padStart(5, '0')}.pack`);
}

export function encodeHeader(layout: ShardLayout): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write(magic, 0, 'latin1');
  header.writeUInt32LE(version, 8);
  header.writeUInt32LE(layout.slotSize, 12);
  header.writeUInt32LE(layout.capacity, 16);
  return header;
}

/** The layout that a header states, or a clause that says what is wrong with it. */
export function decodeHeader(header: Buffer): ShardLayout | string {
  if (header.length < headerBytes || header.toString('latin1', 0, 8) !== magic)
    return 'it is not a pixel store';
  if (header.readUInt32LE(8) !== version)
    return `its format is version ${header.readUInt32LE(8)}, not ${version}`;
  const slotSize = header.readUInt32LE(12);
  const capacity = header.readUInt32LE(16);
  const plausible = slotSize >= 1 && slotSize <= 4096 && capacity >= 1 && capacity <= 2 ** 24;
  return plausible ? shardLayout(slotSize, capacity) : 'its header is damaged';
}
