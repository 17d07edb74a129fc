/** The formats that are read. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif' | 'bmp';

/** Bytes from a file's start that tell its format, or which unsupported kind it is. */
export const signatureBytes = 1024;

/** The format that a file's first bytes show, or null for one that we do not read. */
export function imageFormat(bytes: Uint8Array): ImageFormat | null {
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return 'jpeg';
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'png';
  if (text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 12) === 'WEBP') return 'webp';
  if (/^GIF8[79]a$/.test(text(bytes, 0, 6))) return 'gif';
  if (/^(II[*+]\0|MM\0[*+])$/.test(text(bytes, 0, 4))) return 'tiff';
  if (fileTypeBrands(bytes).some((brand) => brand === 'avif' || brand === 'avis')) return 'avif';
  // "BM" alone could begin a text: the size of the header that follows is one of a few.
  if (text(bytes, 0, 2) === 'BM' && bmpHeaderSizes.has(bytes[14] ?? 0) && bytes[15] === 0) return 'bmp';
  return null;
}

const bmpHeaderSizes = new Set([12, 16, 40, 52, 56, 64, 108, 124]);

/** The major brand of an ISO base media file (`ftyp`) and those that it is compatible with; empty for other files. */
export function fileTypeBrands(bytes: Uint8Array): readonly string[] {
  if (text(bytes, 4, 8) !== 'ftyp') return [];
  const end = Math.min(bytes.length, (bytes[2] << 8) | bytes[3]);
  const brands = [text(bytes, 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(text(bytes, at, at + 4));
  return brands;
}

/** Bytes `from` to `to` as Latin-1. */
export function text(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

export function startsWith(bytes: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, i) => bytes[i] === byte);
}
