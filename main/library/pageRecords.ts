/** A value of SQLite; whole numbers beyond what a JavaScript number holds are rounded. */
export type SqliteValue = null | number | string | Buffer;

/** A row of a table, or an entry of an index: then `rowid` is null. */
export interface PageRecord {
  readonly rowid: number | null;
  readonly values: readonly SqliteValue[];
}

const [tableLeaf, indexLeaf, indexInterior] = [0x0d, 0x0a, 0x02];
const fileHeaderBytes = 100;

/**
 * The records that lie on one page of an SQLite file: rows of a table's leaf, entries of an index. Empty for every
 * other page. What cannot be a whole record (spoilt, or too long for its page) is passed over.
 * (https://www.sqlite.org/fileformat2.html, sections 1.6 and 2.1)
 */
export function* pageRecords(page: Buffer): Generator<PageRecord> {
  const start = page.toString('latin1', 0, 15) === 'SQLite format 3' ? fileHeaderBytes : 0;
  const kind = page[start];
  if (kind !== tableLeaf && kind !== indexLeaf && kind !== indexInterior) return;
  const pointers = start + (kind === indexInterior ? 12 : 8);
  const count = Math.min(page.readUInt16BE(start + 3), (page.length - pointers) >> 1);
  for (let i = 0; i < count; i += 1) {
    const at = page.readUInt16BE(pointers + 2 * i);
    if (at < pointers + 2 * count || at >= page.length) continue;
    const record = readCell(page, at + (kind === indexInterior ? 4 : 0), kind === tableLeaf);
    if (record !== null) yield record;
  }
}

function readCell(page: Buffer, at: number, hasRowid: boolean): PageRecord | null {
  const [length, afterLength] = readVarint(page, at);
  const [rowid, start] = hasRowid ? readVarint(page, afterLength) : [null, afterLength];
  if (start + length > page.length) return null;
  const values = readRecord(page.subarray(start, start + length));
  return values === null ? null : { rowid, values };
}

/** The values of a record; null where its parts do not add up. */
function readRecord(bytes: Buffer): readonly SqliteValue[] | null {
  const [headerLength, first] = readVarint(bytes, 0);
  if (headerLength < 2 || headerLength > bytes.length) return null;
  const values: SqliteValue[] = [];
  let body = headerLength;
  for (let at = first; at < headerLength;) {
    const [type, next] = readVarint(bytes, at);
    const size = sizeOf(type);
    if (next > headerLength || size === null || body + size > bytes.length) return null;
    values.push(readValue(bytes, body, type, size));
    body += size;
    at = next;
  }
  return body === bytes.length ? values : null;
}

const numberSizes: readonly (number | null)[] = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, null, null];

function sizeOf(type: number): number | null {
  return type < numberSizes.length ? numberSizes[type] : (type - (type % 2 === 0 ? 12 : 13)) / 2;
}

function readValue(bytes: Buffer, at: number, type: number, size: number): SqliteValue {
  if (type === 0) return null;
  if (type === 7) return bytes.readDoubleBE(at);
  if (type === 8 || type === 9) return type - 8;
  if (type === 6) return Number(bytes.readBigInt64BE(at));
  if (type < 6) return bytes.readIntBE(at, size);
  return type % 2 === 0 ? Buffer.from(bytes.subarray(at, at + size)) : bytes.toString('utf8', at, at + size);
}

/** Up to 9 bytes, 7 bits each, the highest first. @returns the number and where the next thing begins */
function readVarint(bytes: Buffer, at: number): readonly [number, number] {
  let value = 0;
  for (let i = 0; i < 8; i += 1) {
    // Beyond the end: 0.
    const byte = bytes[at + i] ?? 0;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, at + i + 1];
  }
  return [value * 256 + (bytes[at + 8] ?? 0), at + 9];
}
