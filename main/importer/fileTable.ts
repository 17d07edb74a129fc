import type { ScannedFile } from './scanFolder.ts';

/** Files in few pieces of memory: a path's bytes and 20 bytes more a file. Grows as files are added. */
export interface FileTable {
  readonly length: number;
  add(file: ScannedFile): void;
  /** File number `i`. */
  at(i: number): ScannedFile;
  /** The numbers of all files in the byte order of their paths. */
  order(): Uint32Array;
}

const firstFiles = 1024;
const bytesAPath = 32;

export function fileTable(): FileTable {
  let length = 0;
  let paths = Buffer.allocUnsafeSlow(firstFiles * bytesAPath);
  let ends = new Uint32Array(firstFiles);
  let sizes = new Float64Array(firstFiles);
  let mtimes = new Float64Array(firstFiles);
  const startOf = (i: number): number => (i === 0 ? 0 : ends[i - 1]);
  const makeRoom = (bytes: number): void => {
    if (length === ends.length) {
      ends = grown(ends, new Uint32Array(2 * length));
      sizes = grown(sizes, new Float64Array(2 * length));
      mtimes = grown(mtimes, new Float64Array(2 * length));
    }
    if (bytes > paths.length) paths = grown(paths, Buffer.allocUnsafeSlow(2 * bytes));
  };
  return {
    get length() {
      return length;
    },
    add({ relativePath, byteSize, mtime }) {
      const start = startOf(length);
      makeRoom(start + relativePath.length);
      paths.set(relativePath, start);
      ends[length] = start + relativePath.length;
      sizes[length] = byteSize;
      mtimes[length] = mtime;
      length += 1;
    },
    at: (i) => ({
      relativePath: Buffer.from(paths.subarray(startOf(i), ends[i])),
      byteSize: sizes[i],
      mtime: mtimes[i],
    }),
    order: () =>
      Uint32Array.from({ length }, (_, i) => i).sort((a, b) =>
        paths.compare(paths, startOf(b), ends[b], startOf(a), ends[a]),
      ),
  };
}

function grown<T extends Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
