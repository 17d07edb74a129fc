import type { ImageHeader } from './imageHeader.ts';
import type { ImageFormat } from './imageFormat.ts';
import { loadSharp } from './loadSharp.ts';
import type { RgbImage } from './rgbSlot.ts';
import { statesItsRange } from './tiffDirectory.ts';

/** An image with a remark for its row. */
export interface WindowedImage extends RgbImage {
  readonly note: string;
}

/**
 * Whether an image has more than 8 bits and says nowhere which values are black and white: grey PNGs without `sBIT`
 * and TIFFs without a colour profile or a stated range. Measuring devices write such files, with 12 of 16 bits in use.
 */
export function needsWindow(bytes: Buffer, format: ImageFormat, header: ImageHeader): boolean {
  if (header.bits <= 8) return false;
  if (format === 'png')
    return header.channels <= 2 && !header.hasProfile && !bytes.subarray(0, 512).includes('sBIT');
  return format === 'tiff' && !header.hasProfile && !statesItsRange(bytes);
}

/**
 * Decodes an image of 16 or 32 bits a sample, shrunk to `size`: the darkest value of the file becomes black and its
 * brightest white, over all colours together. Whole numbers: of the file itself; floating point: after the shrinking.
 * @param size in pixels, orientation applied
 */
export async function decodeWindowed(
  bytes: Buffer,
  size: { readonly width: number; readonly height: number },
): Promise<WindowedImage> {
  const sharp = await loadSharp();
  const { space = 'b-w', depth } = await sharp(bytes).metadata();
  const { data, info } = await sharp(bytes, { failOn: 'error' })
    .pipelineColourspace(space)
    .autoOrient()
    .resize({ ...size, fit: 'fill', kernel: 'lanczos3' })
    .removeAlpha()
    .toColourspace(space)
    .raw({ depth: 'float' })
    .toBuffer({ resolveWithObject: true });
  const values = new Float32Array(data.buffer, data.byteOffset, data.length / 4);
  const [low, high] = usable(
    /float|double/.test(depth) ? rangeOf(values) : await rangeInFile(bytes, info.channels),
    depth === 'float' ? 1 : 65_535,
  );
  const rgb = stretch(values, info.channels, low, high);
  return { data: rgb, height: info.height, width: info.width, channels: 3, note: noteOf(low, high) };
}

async function rangeInFile(bytes: Buffer, channels: number): Promise<readonly [number, number]> {
  const sharp = await loadSharp();
  const stats = (await sharp(bytes).stats()).channels.slice(0, channels);
  return [Math.min(...stats.map(({ min }) => min)), Math.max(...stats.map(({ max }) => max))];
}

function rangeOf(values: Float32Array): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}

/** An image of one value has no range of its own: it keeps its place between 0 and the highest value there is. */
function usable([low, high]: readonly [number, number], highest: number): readonly [number, number] {
  return low < high ? [low, high] : [Math.min(0, low), Math.max(highest, high)];
}

/** To RGB; what is no number becomes black. */
function stretch(values: Float32Array, channels: number, low: number, high: number): Uint8Array {
  const scale = 255 / (high - low);
  const count = values.length / channels;
  const rgb = new Uint8Array(count * 3);
  for (let i = 0; i < count; i += 1) {
    for (let c = 0; c < 3; c += 1) {
      const value = (values[i * channels + (channels < 3 ? 0 : c)] - low) * scale;
      rgb[i * 3 + c] = Math.min(255, Math.max(0, Math.round(value)));
    }
  }
  return rgb;
}

function noteOf(low: number, high: number): string {
  const [from, to] = [low, high].map((value) => String(Number(value.toPrecision(6))));
  return `more than 8 bits and no stated range: ${from} is shown as black and ${to} as white`;
}
