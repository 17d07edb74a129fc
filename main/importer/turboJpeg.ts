import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** TurboJPEG's functions, compiled to WebAssembly: pointers are offsets into `memory`, 0 is success. */
interface TurboJpeg {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly malloc: (bytes: number) => number;
  readonly tjInitDecompress: () => number;
  readonly tjDecompressHeader3: (
    handle: number,
    jpeg: number,
    jpegBytes: number,
    width: number,
    height: number,
    subsampling: number,
    colourSpace: number,
  ) => number;
  readonly tjDecompress2: (
    handle: number,
    jpeg: number,
    jpegBytes: number,
    pixels: number,
    width: number,
    rowBytes: number,
    height: number,
    format: number,
    flags: number,
  ) => number;
}

/** A decompressor with room for one file and one image, used again for each. */
interface Decompressor {
  readonly code: TurboJpeg;
  readonly handle: number;
  /** Where the file goes, where the pixels come, and where the header's four numbers come. */
  readonly jpeg: number;
  readonly pixels: number;
  readonly numbers: number;
}

/** As much of WebAssembly as is used here: Node has it, its types leave it to those of browsers. */
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (compiled: object, imports: object) => { readonly exports: unknown };
};

const formatRgb = 0;

let compiled: object | undefined;
let decompressor: Decompressor | undefined;

/** Files and images that fit: bytes of the file, pixels of the image. */
export const maxJpegBytes = 64 * 1024;
export const maxJpegPixels = 160 * 160;

/**
 * Decodes a JPEG of `width` × `height` pixels with libjpeg-turbo in WebAssembly.
 * @returns RGB, uint8 [height, width, 3], valid until the next call; null for a file that is damaged, too large, or of
 *   another size
 */
export function decodeTurboJpeg(bytes: Uint8Array, width: number, height: number): Uint8Array | null {
  if (bytes.length > maxJpegBytes || width * height > maxJpegPixels) return null;
  try {
    const { code, handle, jpeg, pixels, numbers } = (decompressor ??= startDecompressor());
    new Uint8Array(code.memory.buffer, jpeg, bytes.length).set(bytes);
    const [w, h, subsampling, space] = [numbers, numbers + 4, numbers + 8, numbers + 12];
    if (code.tjDecompressHeader3(handle, jpeg, bytes.length, w, h, subsampling, space) !== 0) return failed();
    const found = new Uint32Array(code.memory.buffer, numbers, 2);
    if (found[0] !== width || found[1] !== height) return null;
    const status = code.tjDecompress2(
      handle,
      jpeg,
      bytes.length,
      pixels,
      width,
      3 * width,
      height,
      formatRgb,
      0,
    );
    // Memory may have grown meanwhile: the view is made last.
    return status === 0 ? new Uint8Array(code.memory.buffer, pixels, 3 * width * height) : failed();
  } catch {
    return failed();
  }
}

/** An error is thrown across the compiled code, which leaves its stack and its heap as they were: it starts afresh. */
function failed(): null {
  decompressor = undefined;
  return null;
}

function startDecompressor(): Decompressor {
  const path = createRequire(import.meta.url).resolve('@cwasm/jpeg-turbo/jpeg-turbo.wasm');
  compiled ??= new WebAssembly.Module(readFileSync(path));
  const instance = new WebAssembly.Instance(compiled, { env, wasi_snapshot_preview1: system });
  const code = instance.exports as TurboJpeg;
  const handle = code.tjInitDecompress();
  const jpeg = code.malloc(maxJpegBytes);
  const pixels = code.malloc(3 * maxJpegPixels);
  const numbers = code.malloc(16);
  if (handle * jpeg * pixels * numbers === 0) throw new Error('no memory for a JPEG decompressor');
  return { code, handle, jpeg, pixels, numbers };
}

const refuse = (): never => {
  throw new Error('the decompressor gave up');
};
/** What the code was compiled to find around it: it has no files, and its errors end the call. */
const env = { setjmp: () => 0, longjmp: refuse };
const system = {
  environ_sizes_get: () => 0,
  environ_get: refuse,
  proc_exit: refuse,
  fd_close: refuse,
  fd_seek: refuse,
  fd_write: refuse,
};
