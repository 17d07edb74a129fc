import { text } from './imageFormat.ts';

/** One field of a TIFF directory. */
export interface TiffField {
  readonly type: number;
  readonly count: number;
  /** The first value, where it is a short or a long that lies in the field itself, else 0. */
  readonly value: number;
}

export const tiffTags = {
  photometric: 0x0106,
  make: 0x010f,
  minSampleValue: 0x0118,
  maxSampleValue: 0x0119,
  subDirectories: 0x014a,
  smallestSample: 0x0154,
  largestSample: 0x0155,
  dngVersion: 0xc612,
} as const;

const colourFilterArray = 32803;
const linearRaw = 34892;

/** The first directory of a classic TIFF by tag; empty when it does not lie within `bytes` or cannot be read. */
export function tiffDirectory(bytes: Uint8Array): ReadonlyMap<number, TiffField> {
  const fields = new Map<number, TiffField>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  if (bytes.length < 8) return fields;
  const at = view.getUint32(4, little);
  if (at + 2 > bytes.length) return fields;
  const count = view.getUint16(at, little);
  for (let i = 0, field = at + 2; i < count && field + 12 <= bytes.length; i += 1, field += 12) {
    const type = view.getUint16(field + 2, little);
    const value =
      type === 3 ? view.getUint16(field + 8, little) : type === 4 ? view.getUint32(field + 8, little) : 0;
    fields.set(view.getUint16(field, little), { type, count: view.getUint32(field + 4, little), value });
  }
  return fields;
}

/** Whether a TIFF is a camera's RAW file (CR2, DNG, NEF, ARW ...): what is decodable in it is only a preview. */
export function isRawPhoto(bytes: Uint8Array): boolean {
  if (text(bytes, 8, 10) === 'CR') return true;
  const fields = tiffDirectory(bytes);
  const photometric = fields.get(tiffTags.photometric)?.value;
  return (
    fields.has(tiffTags.dngVersion) ||
    photometric === colourFilterArray ||
    photometric === linearRaw ||
    (fields.has(tiffTags.make) && fields.has(tiffTags.subDirectories))
  );
}

/** Whether a TIFF says which of its values are black and white. */
export function statesItsRange(bytes: Uint8Array): boolean {
  const fields = tiffDirectory(bytes);
  const { minSampleValue, maxSampleValue, smallestSample, largestSample } = tiffTags;
  return [minSampleValue, maxSampleValue, smallestSample, largestSample].some((tag) => fields.has(tag));
}
