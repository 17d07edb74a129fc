import { createHash } from 'node:crypto';
import type { DType, Tensor } from '../engine/graph/node.ts';

/**
 * The safetensors format: a little-endian u64 header length, that many bytes of JSON (padded by spaces), then the
 * tensors' bytes. The header maps each name to its dtype, shape and [begin, end) within the bytes, and
 * `__metadata__` to strings.
 */
export interface Safetensors {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Name of the metadata entry that holds the hexadecimal SHA-256 of the file, taken with zeros in its place. */
export const fileHashKey = 'sha256';

const hashPlace = '0'.repeat(64);

const lengthBytes = 8;
/** What the format's own reader accepts. */
const maxHeaderBytes = 100_000_000;
const metadataKey = '__metadata__';
const dtypeNames = { float32: 'F32', int32: 'I32', uint8: 'U8' } as const satisfies Record<DType, string>;
const elementBytes = { float32: 4, int32: 4, uint8: 1 } as const satisfies Record<DType, number>;

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/**
 * The file's bytes, in pieces to be written one after another. Tensors lie in the order of their names, so equal
 * tensors give equal bytes; wide elements before narrow ones, so that each is aligned. Adds `sha256`.
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array[] {
  const names = Object.keys(tensors).sort(byWidthThenName(tensors));
  const bodies = names.map((name) => tensorBytes(tensors[name]));
  const header: Record<string, unknown> = { [metadataKey]: { ...metadata, [fileHashKey]: hashPlace } };
  let offset = 0;
  names.forEach((name, i) => {
    const { dtype, shape } = tensors[name];
    header[name] = { dtype: dtypeNames[dtype], shape, data_offsets: [offset, offset + bodies[i].length] };
    offset += bodies[i].length;
  });
  const encoded = encodeHeader(header);
  encoded.write(sha256([encoded, ...bodies]), hashOffset(encoded, hashPlace), 'latin1');
  return [encoded, ...bodies];
}

/**
 * Reads a whole file. Every size and offset is checked, and everything against its SHA-256 where the metadata
 * holds one.
 * @param wanted by name: the others are passed over, of whatever type they are
 * @throws Error whose message is a clause saying what is wrong
 */
export function decodeSafetensors(
  file: Uint8Array,
  wanted: (name: string) => boolean = () => true,
): Safetensors {
  const { header, bodyOffset } = decodeHeader(file);
  const { [metadataKey]: metadataValue, ...entries } = header;
  const metadata = decodeMetadata(metadataValue);
  const body = file.subarray(bodyOffset);
  const tensors = Object.fromEntries(
    Object.entries(entries)
      .filter(([name]) => wanted(name))
      .map(([name, entry]) => [name, decodeTensor(name, entry, body)]),
  );
  checkCovered(Object.entries(entries).map(checkedEntry), body.length);
  checkHash(file, bodyOffset, metadata[fileHashKey]);
  return { tensors, metadata };
}

/** Hexadecimal SHA-256 of each tensor's bytes. */
export function tensorHashes(tensors: Readonly<Record<string, Tensor>>): Record<string, string> {
  return Object.fromEntries(
    Object.keys(tensors)
      .sort()
      .map((name) => [name, sha256([tensorBytes(tensors[name])])]),
  );
}

function sha256(pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

/** Where the digits of the hash stand in the header. */
function hashOffset(header: Uint8Array, digits: string): number {
  const entry = `"${fileHashKey}":"`;
  return (
    Buffer.from(header.buffer, header.byteOffset, header.byteLength).indexOf(entry + digits) + entry.length
  );
}

function checkHash(file: Uint8Array, bodyOffset: number, expected: string | undefined): void {
  if (expected === undefined) return;
  const header = Buffer.from(file.subarray(0, bodyOffset));
  header.write(hashPlace, hashOffset(header, expected), 'latin1');
  if (sha256([header, file.subarray(bodyOffset)]) !== expected) {
    throw new Error('its contents are not what was written');
  }
}

function byWidthThenName(tensors: Readonly<Record<string, Tensor>>): (a: string, b: string) => number {
  return (a, b) => {
    const wider = elementBytes[tensors[b].dtype] - elementBytes[tensors[a].dtype];
    return wider !== 0 ? wider : a < b ? -1 : 1;
  };
}

function tensorBytes({ dtype, data }: Tensor): Uint8Array {
  // The reference executor computes float32 tensors in float64.
  const stored = dtype === 'float32' && !(data instanceof Float32Array) ? Float32Array.from(data) : data;
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

function encodeHeader(header: object): Buffer {
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = Buffer.alloc(lengthBytes + length, ' ');
  bytes.writeBigUInt64LE(BigInt(length), 0);
  json.copy(bytes, lengthBytes);
  return bytes;
}

function decodeHeader(file: Uint8Array): { header: Record<string, unknown>; bodyOffset: number } {
  const buffer = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (buffer.length < lengthBytes) throw new Error('it is cut off');
  const length = Number(buffer.readBigUInt64LE(0));
  if (length > maxHeaderBytes) throw new Error('it is not a safetensors file');
  if (lengthBytes + length > buffer.length) throw new Error('it is cut off');
  const header = parseHeader(buffer.toString('utf8', lengthBytes, lengthBytes + length));
  return { header, bodyOffset: lengthBytes + length };
}

function parseHeader(json: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch (error) {
    throw new Error('its header is damaged', { cause: error });
  }
  if (!isRecord(header)) throw new Error('its header is damaged');
  return header;
}

function decodeMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value) || Object.values(value).some((entry) => typeof entry !== 'string')) {
    throw new Error('its metadata is damaged');
  }
  return value as Record<string, string>;
}

function checkedEntry([name, entry]: readonly [string, unknown]): HeaderEntry {
  if (!isHeaderEntry(entry)) throw new Error(`its entry "${name}" is damaged`);
  return entry;
}

function decodeTensor(name: string, given: unknown, body: Uint8Array): Tensor {
  const entry = checkedEntry([name, given]);
  const dtype = dtypeOf(entry.dtype);
  if (!dtype) throw new Error(`"${name}" is of the type ${entry.dtype}, which is not read`);
  const [begin, end] = entry.data_offsets;
  const count = entry.shape.reduce((product, dim) => product * dim, 1);
  if (end - begin !== count * elementBytes[dtype]) throw new Error(`"${name}" has not the size of its shape`);
  if (end > body.length) throw new Error('it is cut off');
  // A copy: the bytes of a file need not be aligned.
  const { buffer } = Uint8Array.from(body.subarray(begin, end));
  const data =
    dtype === 'float32'
      ? new Float32Array(buffer)
      : dtype === 'int32'
        ? new Int32Array(buffer)
        : new Uint8Array(buffer);
  return { dtype, shape: entry.shape, data };
}

/** The format allows neither holes nor overlaps. */
function checkCovered(entries: readonly HeaderEntry[], bodyLength: number): void {
  const ranges = entries.map((entry) => entry.data_offsets).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let at = 0;
  for (const [begin, end] of ranges) {
    if (begin !== at) throw new Error('its tensors do not fill it');
    at = end;
  }
  if (at > bodyLength) throw new Error('it is cut off');
  if (at < bodyLength) throw new Error('something follows its end');
}

function dtypeOf(name: string): DType | undefined {
  return (Object.keys(dtypeNames) as DType[]).find((dtype) => dtypeNames[dtype] === name);
}

function isHeaderEntry(value: unknown): value is HeaderEntry {
  if (!isRecord(value) || typeof value.dtype !== 'string') return false;
  const { shape, data_offsets: offsets } = value;
  return isSizes(shape) && isSizes(offsets) && offsets.length === 2 && offsets[0] <= offsets[1];
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
