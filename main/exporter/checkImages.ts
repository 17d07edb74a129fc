import { randomStream } from '../nn/random.ts';
import type { PixelStore } from '../importer/pixelStore.ts';
import type { RgbImages } from './exportedModel.ts';

/** Images to put through the exported file and through the app: the same pixels in the form that each takes. */
export interface CheckImages {
  /** Image i fills no more of slot i than it needs. */
  readonly store: PixelStore;
  /** One image each. */
  readonly images: readonly RgbImages[];
}

const storedImages = 24;

/**
 * Made-up images (a square that fills its slot, a wide, a high, a small one, a single row) and images of the project,
 * spread over `slots`.
 */
export function checkImages(store: PixelStore, slots: readonly number[]): CheckImages {
  const M = store.slotSize;
  const part = (share: number): number => Math.max(1, Math.round(M * share));
  const sizes = [
    [M, M],
    [part(0.55), M],
    [M, part(0.3)],
    [part(0.2), part(0.25)],
    [1, part(0.7)],
  ] as const;
  const madeUp = sizes.map(([height, width], i) => noise(height, width, i));
  const stride = Math.max(1, slots.length / storedImages);
  const chosen = Array.from({ length: Math.min(storedImages, slots.length) }, (_, i) => {
    return storedImage(store, slots[Math.floor(i * stride)]);
  });
  const images = [...madeUp, ...chosen];
  return { images, store: memoryStore(M, images) };
}

function noise(height: number, width: number, index: number): RgbImages {
  const random = randomStream('export check', index);
  const pixels = Uint8Array.from({ length: height * width * 3 }, () => random.integer(256));
  return { pixels, count: 1, height, width };
}

/** An image of the store without its slot's empty rest. */
function storedImage(store: PixelStore, slot: number): RgbImages {
  const M = store.slotSize;
  const [planes, size] = [new Uint8Array(3 * M * M), new Int32Array(2)];
  store.readSlots([slot], planes, size);
  const [height, width] = size;
  const pixels = new Uint8Array(height * width * 3);
  forEachValue(height, width, M, (inImage, inSlot) => (pixels[inImage] = planes[inSlot]));
  return { pixels, count: 1, height, width };
}

function memoryStore(slotSize: number, images: readonly RgbImages[]): PixelStore {
  const slotBytes = 3 * slotSize * slotSize;
  return {
    folder: '',
    slotSize,
    count: images.length,
    readSlots: (slots, into, sizes) =>
      slots.forEach((slot: number, i: number) => {
        const { pixels, height, width } = images[slot];
        const planes = into.subarray(i * slotBytes, (i + 1) * slotBytes).fill(0);
        forEachValue(height, width, slotSize, (inImage, inSlot) => (planes[inSlot] = pixels[inImage]));
        sizes.set([height, width], 2 * i);
      }),
    close: () => undefined,
  };
}

/** Calls with the place of each value in an interleaved image [h, w, 3] and in a slot [3, M, M]. */
function forEachValue(
  height: number,
  width: number,
  slotSize: number,
  visit: (inImage: number, inSlot: number) => void,
): void {
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        visit((y * width + x) * 3 + channel, (channel * slotSize + y) * slotSize + x);
      }
    }
  }
}
