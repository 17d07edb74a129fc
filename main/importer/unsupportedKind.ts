import { fileTypeBrands, imageFormat, startsWith, text } from './imageFormat.ts';
import { isRawPhoto } from './tiffDirectory.ts';

interface Kind {
  readonly matches: (bytes: Uint8Array) => boolean;
  /** A clause: what the file is and what to do. */
  readonly reason: string;
}

const saveAgain = 'open it in an image program and save it as JPEG or PNG';
const raw =
  'it is a RAW photo of a camera, which is not supported: export it as JPEG or TIFF from a RAW converter';

const hasBrand =
  (pattern: RegExp) =>
  (bytes: Uint8Array): boolean =>
    fileTypeBrands(bytes).some((brand) => pattern.test(brand));
const begins =
  (pattern: RegExp, at = 0) =>
  (bytes: Uint8Array): boolean =>
    pattern.test(text(bytes, at, at + 16));

/** What people keep beside their photos and we do not read, by content. The first that matches. */
const kinds: readonly Kind[] = [
  { matches: hasBrand(/^crx /), reason: raw },
  {
    matches: hasBrand(/^(hei[cxms]|hev[cxms]|mif1|msf1)$/),
    reason:
      'it is a HEIC photo, which is not supported: export it as JPEG' +
      ' (on an iPhone, Settings > Camera > Formats > Most Compatible takes JPEG from the start)',
  },
  { matches: hasBrand(/^jxl /), reason: `it is a JPEG XL image, which is not supported: ${saveAgain}` },
  {
    matches: (bytes) => startsWith(bytes, [0xff, 0x0a]),
    reason: `it is a JPEG XL image, which is not supported: ${saveAgain}`,
  },
  {
    matches: (bytes) => text(bytes, 4, 8) === 'JXL ',
    reason: `it is a JPEG XL image, which is not supported: ${saveAgain}`,
  },
  {
    matches: (bytes) => text(bytes, 4, 8) === 'jP  ' || startsWith(bytes, [0xff, 0x4f, 0xff, 0x51]),
    reason: `it is a JPEG 2000 image, which is not supported: ${saveAgain}`,
  },
  {
    matches: (bytes) => isVideo(bytes),
    reason:
      'it is a video, which is not supported: save single frames of it as JPEG or PNG, for example with ffmpeg',
  },
  { matches: begins(/^(FUJIFILMCCD-RAW|IIR[OS]|MMOR|IIU\0|\0MRM)/), reason: raw },
  { matches: (bytes) => imageFormat(bytes) === 'tiff' && isRawPhoto(bytes), reason: raw },
  {
    matches: begins(/^%PDF-/),
    reason: 'it is a PDF document, which is not supported: save its pages or its images as JPEG or PNG',
  },
  { matches: isSvg, reason: 'it is an SVG drawing, which is not supported: export it as PNG' },
  {
    matches: begins(/^8BP[SB]/),
    reason: 'it is a Photoshop file, which is not supported: save it as JPEG or PNG',
  },
  {
    matches: begins(/^DICM/, 128),
    reason: 'it is a DICOM image, which is not supported: export it as PNG or TIFF',
  },
  {
    matches: begins(/^SIMPLE {2}=/),
    reason: 'it is a FITS image, which is not supported: export it as PNG or TIFF',
  },
  {
    matches: (bytes) => startsWith(bytes, [0x76, 0x2f, 0x31, 0x01]),
    reason: `it is an OpenEXR image, which is not supported: ${saveAgain}`,
  },
  {
    matches: begins(/^(gimp xcf|#\?RADIANCE|P[1-7]\s|farbfeld|qoif)/),
    reason: `it is an image of a kind that is not supported: ${saveAgain}`,
  },
  {
    matches: (bytes) => /^\0\0[\x01\x02]\0$/.test(text(bytes, 0, 4)) && bytes.length > 22,
    reason: `it is an icon, which is not supported: ${saveAgain}`,
  },
  {
    matches: begins(/^(PK\x03\x04|Rar!|7z\xbc\xaf|\x1f\x8b)/),
    reason: 'it is an archive, not an image: unpack it and import the folder',
  },
  {
    matches: begins(/^\s*<(!doctype html|html)/i),
    reason: 'it is a web page, not an image: download the image itself',
  },
];

/**
 * What a file is that is none of the formats that we read, with what to do about it; null for those that we read and
 * for what nobody knows.
 * @param bytes the file's start, `signatureBytes` or more
 */
export function unsupportedKind(bytes: Uint8Array): string | null {
  const format = imageFormat(bytes);
  if (format !== null && format !== 'tiff') return null;
  return kinds.find(({ matches }) => matches(bytes))?.reason ?? null;
}

function isVideo(bytes: Uint8Array): boolean {
  if (fileTypeBrands(bytes).length > 0) return true;
  if (/^(moov|mdat|wide|free)$/.test(text(bytes, 4, 8))) return true;
  if (text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 12) === 'AVI ') return true;
  const starts = [
    [0x1a, 0x45, 0xdf, 0xa3],
    [0x00, 0x00, 0x01, 0xba],
    [0x00, 0x00, 0x01, 0xb3],
    [0x30, 0x26, 0xb2, 0x75],
  ];
  return starts.some((start) => startsWith(bytes, start)) || /^(FLV\x01|OggS)/.test(text(bytes, 0, 4));
}

function isSvg(bytes: Uint8Array): boolean {
  const start = text(bytes, 0, 1024).replace(/^\xef\xbb\xbf/, '');
  return /^\s*<(\?xml|!--|!doctype svg|svg)/i.test(start) && /<(!doctype )?svg[\s>]/i.test(start);
}
