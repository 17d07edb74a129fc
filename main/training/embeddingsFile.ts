/// <reference lib="es2025.float16" />
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { namingFullDisk } from '../../shared/diskFull.ts';
import { genoiseError } from '../../shared/errors.ts';
import { normalizeRows, type Features } from './knn.ts';
import { partialEnding, writeAll } from './writeFileAtomically.ts';

/**
 * A file of embeddings: safetensors with `slots` int32 [n] and `vectors` float16 [n, d], row i of slot `slots[i]`,
 * each of length 1. Half of float32's bytes; cosines are then right to about 0.001. Written and read in portions, so that
 * a million images never lie in memory twice.
 */
export interface EmbeddingsWriter {
  /** Appends rows, in the order of the slots. Their length does not matter. */
  add(features: Features): void;
  /** Makes the file appear, complete and synced. */
  commit(): void;
  /** Removes what was written, unless committed. */
  discard(): void;
}

const lengthBytes = 8;

/** @throws disk-full, cannot-write; so do its methods */
export function openEmbeddingsWriter(
  path: string,
  slots: Int32Array,
  dimension: number,
  metadata: Readonly<Record<string, string>>,
): EmbeddingsWriter {
  const partial = path + partialEnding;
  const named = <T>(action: () => T): T => namingFullDisk(path, action);
  const file = named(() => openSync(partial, 'w'));
  let [open, left] = [true, slots.length];
  const close = (): void => {
    if (open) closeSync(file);
    open = false;
  };
  named(() => {
    writeAll(file, encodeHeader(slots.length, dimension, metadata));
    writeAll(file, new Uint8Array(slots.buffer, slots.byteOffset, slots.byteLength));
  });
  return {
    add: (features) => {
      const { data, count, size } = normalizeRows(features);
      if (size !== dimension || count > left) throw new Error(`${count} rows of ${size} do not fit`);
      left -= count;
      const halves = new Float16Array(data);
      named(() => writeAll(file, new Uint8Array(halves.buffer)));
    },
    commit: () => {
      if (left > 0) throw new Error(`${left} rows are missing`);
      named(() => fsyncSync(file));
      close();
      named(() => renameSync(partial, path));
    },
    discard: () => {
      close();
      rmSync(partial, { force: true });
    },
  };
}

/** Rows of unit length; those without an embedding are zeros and not `present`. */
export interface UnitRows extends Features {
  /** 1 for each row that has an embedding. */
  readonly present: Uint8Array;
}

/** Bytes read at a time. */
const portionBytes = 2 ** 22;

/**
 * Reads the rows of the given slots, in their order.
 * @throws cannot-read; checkpoint-corrupted for a file that is not sound
 */
export function readUnitRows(path: string, slots: ArrayLike<number>): UnitRows {
  return withFile(path, (file) => {
    const { count, size, bodyOffset } = decodeHeader(file);
    const places = placesOf(readExactly(file, count * 4, bodyOffset), count);
    const data = new Float32Array(slots.length * size);
    const present = new Uint8Array(slots.length);
    const wanted = rowsByPlace(slots, places, count);
    const vectors = bodyOffset + count * 4;
    const portion = Math.max(1, Math.floor(portionBytes / (2 * size)));
    for (let first = 0; first < count; first += portion) {
      const rows = Math.min(portion, count - first);
      const bytes = readExactly(file, rows * size * 2, vectors + first * size * 2);
      const halves = new Float16Array(bytes.buffer, bytes.byteOffset, rows * size);
      for (let i = 0; i < rows; i++) {
        const row = wanted[first + i];
        if (row < 0) continue;
        present[row] = 1;
        for (let j = 0, from = i * size, to = row * size; j < size; j++) data[to++] = halves[from++];
      }
    }
    copyRepeats(slots, places, wanted, { data, size, present });
    return { data, count: slots.length, size, present };
  });
}

/** Which slots a file has embeddings of, in its order. @throws as `readUnitRows` */
export function readEmbeddedSlots(path: string): Int32Array {
  return withFile(path, (file) => {
    const { count, bodyOffset } = decodeHeader(file);
    const bytes = readExactly(file, count * 4, bodyOffset);
    return new Int32Array(bytes.buffer, bytes.byteOffset, count);
  });
}

/** Place in the file of each slot, −1 for those that are not in it. */
function placesOf(bytes: Uint8Array, count: number): Int32Array {
  const slots = new Int32Array(bytes.buffer, bytes.byteOffset, count);
  const places = new Int32Array(slots.reduce((most, slot) => Math.max(most, slot), -1) + 1).fill(-1);
  slots.forEach((slot, place) => (places[slot] = place));
  return places;
}

/** For each place in the file the first row that wants it, −1 where none does. */
function rowsByPlace(slots: ArrayLike<number>, places: Int32Array, count: number): Int32Array {
  const wanted = new Int32Array(count).fill(-1);
  for (let row = slots.length - 1; row >= 0; row--) {
    const place = places[slots[row]] ?? -1;
    if (place >= 0) wanted[place] = row;
  }
  return wanted;
}

/** Images of the same bytes share a slot: their rows are alike. */
function copyRepeats(
  slots: ArrayLike<number>,
  places: Int32Array,
  wanted: Int32Array,
  { data, size, present }: { data: Float32Array; size: number; present: Uint8Array },
): void {
  for (let row = 0; row < slots.length; row++) {
    const place = places[slots[row]] ?? -1;
    if (place < 0 || wanted[place] === row) continue;
    data.copyWithin(row * size, wanted[place] * size, (wanted[place] + 1) * size);
    present[row] = 1;
  }
}

function encodeHeader(count: number, size: number, metadata: Readonly<Record<string, string>>): Uint8Array {
  const body = count * 4;
  const header = {
    __metadata__: { format: 'pt', ...metadata },
    slots: { dtype: 'I32', shape: [count], data_offsets: [0, body] },
    vectors: { dtype: 'F16', shape: [count, size], data_offsets: [body, body + count * size * 2] },
  };
  const json = Buffer.from(JSON.stringify(header));
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = Buffer.alloc(lengthBytes + length, ' ');
  bytes.writeBigUInt64LE(BigInt(length), 0);
  json.copy(bytes, lengthBytes);
  return bytes;
}

interface Layout {
  readonly count: number;
  readonly size: number;
  readonly bodyOffset: number;
}

function decodeHeader(file: number): Layout {
  const length = Number(Buffer.from(readExactly(file, lengthBytes, 0)).readBigUInt64LE(0));
  if (length > 1e6) throw new Error('it is not a file of embeddings');
  const text = Buffer.from(readExactly(file, length, lengthBytes)).toString();
  const header = JSON.parse(text) as {
    readonly vectors?: { readonly dtype: string; readonly shape: number[] };
  };
  const { vectors } = header;
  if (vectors?.dtype !== 'F16') throw new Error('it is not a file of embeddings');
  const [count, size] = vectors.shape;
  return { count, size, bodyOffset: lengthBytes + length };
}

function readExactly(file: number, length: number, position: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let got = 0;
  while (got < length) {
    const more = readSync(file, bytes, got, length - got, position + got);
    if (more === 0) throw new Error('it is cut off');
    got += more;
  }
  return bytes;
}

function withFile<T>(path: string, use: (file: number) => T): T {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw genoiseError('cannot-read', { path, reason }, error);
  }
  try {
    return use(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw genoiseError('checkpoint-corrupted', { path, reason }, error);
  } finally {
    closeSync(file);
  }
}
