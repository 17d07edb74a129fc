/** Interleaved 8-bit colours, rows from the top: uint8 [height, width, channels], of which the first 3 are RGB. */
export interface RgbImage {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly height: number;
  readonly width: number;
  /** 4 where something follows each pixel's colours. */
  readonly channels: 3 | 4;
}

/** An interleaved image to planes in the corner of a zero slot, uint8 [3, M, M]. */
export function toSlot({ data, height, width, channels }: RgbImage, slotSize: number): Uint8Array {
  const slot = new Uint8Array(3 * slotSize * slotSize);
  const plane = slotSize * slotSize;
  for (let y = 0, from = 0; y < height; y += 1) {
    const end = y * slotSize + width;
    for (let to = y * slotSize; to < end; to += 1, from += channels) {
      slot[to] = data[from];
      slot[to + plane] = data[from + 1];
      slot[to + 2 * plane] = data[from + 2];
    }
  }
  return slot;
}
