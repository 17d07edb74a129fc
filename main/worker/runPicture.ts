import { genoiseError } from '../../shared/errors.ts';
import { decodePicture } from '../importer/decodeImage.ts';
import { encodePicture, encodeSlot } from '../importer/encodePicture.ts';
import { openPixelStore } from '../importer/pixelStore.ts';
import { readImageFile } from '../importer/readImageFile.ts';
import { imageTensor } from '../training/imageTensor.ts';
import type { PictureRequest, PictureResult } from '../../shared/pictures.ts';

/**
 * An original as a picture that browsers show, upright, decoded as an import does; where that fails, what the pixel
 * store has of it.
 * @throws cannot-read when there is neither
 */
export async function runPicture({ path, slot, pixelFolder, side }: PictureRequest): Promise<PictureResult> {
  const reason = 'it is not asked for';
  const found = path === null ? { reason } : await readOriginal(Buffer.from(path), side);
  if (!('reason' in found)) return found;
  const name = path === null ? 'the image' : Buffer.from(path).toString();
  if (slot === null) throw genoiseError('cannot-read', { path: name, reason: found.reason });
  return {
    ...(await readStored(pixelFolder, slot)),
    from: 'stored',
    note: path === null ? null : `the file cannot be shown: ${found.reason}`,
  };
}

async function readOriginal(
  path: Buffer,
  side: number,
): Promise<PictureResult | { readonly reason: string }> {
  const file = readImageFile(path);
  if ('reason' in file) return file;
  const decoded = await decodePicture(file.bytes, side);
  if ('reason' in decoded) return decoded;
  return { ...(await encodePicture(decoded)), from: 'original', note: decoded.note };
}

async function readStored(pixelFolder: string, slot: number) {
  const store = openPixelStore(pixelFolder);
  try {
    const { data } = imageTensor(1, store.slotSize);
    const sizes = new Int32Array(2);
    store.readSlots([slot], data, sizes);
    const [height, width] = sizes;
    return await encodeSlot(data, store.slotSize, { width, height });
  } finally {
    store.close();
  }
}
