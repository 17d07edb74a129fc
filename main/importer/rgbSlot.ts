/** Interleaved 8-bit colours, rows from the top: uint8 [height, width, channels], of which the first 3 are RGB. */
export interface RgbImage {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly height: number;
  readonly width: number;
  /** 4 where something follows each pixel's colours. */
  readonly channels: 3 | 4;
}

/**
 * An interleaved image to planes in the corner of a zero slot, uint8 [3, M, M].
 * @param slot all zero
 * @returns the slot
 */
export function toSlot(
  { data, height, width, channels }: RgbImage,
  side: number,
  slot: Uint8Array,
): Uint8Array {
  const plane = side * side;
  const [green, blue] = [plane, 2 * plane];
  for (let y = 0, from = 0; y < height; y += 1) {
    const end = y * side + width;
    for (let to = y * side; to < end; to += 1, from += channels) {
      slot[to] = data[from];
      slot[to + green] = data[from + 1];
      slot[to + blue] = data[from + 2];
    }
  }
  return slot;
}
