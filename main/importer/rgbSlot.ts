/** Interleaved RGB, uint8 [h, w, 3], to planes in the corner of a zero slot, uint8 [3, M, M]. */
export function toSlot(interleaved: Uint8Array, height: number, width: number, slotSize: number): Uint8Array {
  const slot = new Uint8Array(3 * slotSize * slotSize);
  const plane = slotSize * slotSize;
  for (let y = 0, from = 0; y < height; y += 1) {
    for (let to = y * slotSize; to < y * slotSize + width; to += 1, from += 3) {
      slot[to] = interleaved[from];
      slot[to + plane] = interleaved[from + 1];
      slot[to + 2 * plane] = interleaved[from + 2];
    }
  }
  return slot;
}
