import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** What SQLite takes for a new file, and so the size of ours. */
const usualPageSize = 4096;
const walHeaderBytes = 32;
const frameHeaderBytes = 24;

/**
 * The pages of an SQLite file one by one, in their latest committed form: of the write-ahead log beside it where that
 * has them. Neither the file's header nor its tables need be sound, and it may be cut off.
 * (https://www.sqlite.org/fileformat2.html)
 */
export function* readPages(path: string): Generator<Buffer> {
  const file = openSync(path, 'r');
  const log = existsSync(`${path}-wal`) ? openSync(`${path}-wal`, 'r') : null;
  try {
    const pageSize = pageSizeOf(file);
    const frames = log === null ? new Map<number, number>() : committedFrames(log, pageSize);
    const inFile = Math.ceil(fstatSync(file).size / pageSize);
    const count = Math.max(inFile, ...frames.keys());
    for (let number = 1; number <= count; number += 1) {
      const frame = frames.get(number);
      const page = Buffer.alloc(pageSize);
      if (log !== null && frame !== undefined) readSync(log, page, 0, pageSize, frame);
      else readSync(file, page, 0, pageSize, (number - 1) * pageSize);
      yield page;
    }
  } finally {
    closeSync(file);
    if (log !== null) closeSync(log);
  }
}

function pageSizeOf(file: number): number {
  const header = Buffer.alloc(100);
  readSync(file, header, 0, header.length, 0);
  if (!header.toString('latin1').startsWith('SQLite format 3')) return usualPageSize;
  const said = header.readUInt16BE(16);
  return said === 1 ? 65_536 : said >= 512 && (said & (said - 1)) === 0 ? said : usualPageSize;
}

/** Where in the log the latest committed form of each page begins. */
function committedFrames(log: number, pageSize: number): ReadonlyMap<number, number> {
  const header = Buffer.alloc(walHeaderBytes);
  readSync(log, header, 0, header.length, 0);
  const salt = header.subarray(16, 24);
  const committed = new Map<number, number>();
  let open: (readonly [number, number])[] = [];
  const frame = Buffer.alloc(frameHeaderBytes);
  for (let at = walHeaderBytes; ; at += frameHeaderBytes + pageSize) {
    // Frames with another salt are left from before the log was begun anew.
    if (readSync(log, frame, 0, frame.length, at) < frame.length || !frame.subarray(8, 16).equals(salt))
      break;
    open.push([frame.readUInt32BE(0), at + frameHeaderBytes]);
    // The last frame of a transaction says how many pages the file has then.
    if (frame.readUInt32BE(4) === 0) continue;
    for (const [number, offset] of open) committed.set(number, offset);
    open = [];
  }
  return committed;
}
