const smallest = 32;
const largest = 256;
const multiple = 8;

/**
 * M, the side of a slot, from the long sides of (a sample of) the images: their median, rounded up to a multiple
 * of 8, between 32 and 256. Larger images are shrunk to M, smaller ones are never enlarged.
 */
export function chooseSlotSize(longSides: readonly number[]): number {
  if (longSides.length === 0) return smallest;
  const sorted = longSides.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  return Math.min(largest, Math.max(smallest, Math.ceil(median / multiple) * multiple));
}
