/** Pictures whose 64-bit hashes differ in at most this many bits are taken for the same picture. */
export const nearDistance = 3;

/**
 * A hash with nearly all bits alike says that the picture is flat or one even slope, and nothing about what it shows:
 * such pictures have no near duplicates.
 */
const fewestBits = 6;

/** A picture with the two halves of its hash. */
export interface HashedImage {
  readonly id: number;
  readonly high: number;
  readonly low: number;
}

/**
 * For each image the first one before it (in the order given) that its hash is near to and that is near to no earlier
 * one itself; images without such are absent. Groups so have a leader that all members are near to: no chain of small
 * steps leads from a picture to quite another one, as between the frames of a film.
 *
 * Four bands of 16 bits: hashes with at most 3 different bits have a band in common, so only those are compared.
 */
export function findLeaders(images: readonly HashedImage[]): ReadonlyMap<number, number> {
  const bands = Array.from({ length: 4 }, () => new Map<number, HashedImage[]>());
  const leaders = new Map<number, number>();
  for (const image of images) {
    const bits = bitCount(image.high) + bitCount(image.low);
    if (bits < fewestBits || bits > 64 - fewestBits) continue;
    const leader = nearest(bands, image);
    if (leader !== null) leaders.set(image.id, leader.id);
    else enter(bands, image);
  }
  return leaders;
}

function nearest(bands: readonly Map<number, HashedImage[]>[], image: HashedImage): HashedImage | null {
  let best: HashedImage | null = null;
  let least = nearDistance + 1;
  bands.forEach((band, i) => {
    for (const other of band.get(bandOf(image, i)) ?? []) {
      const distance = hammingDistance(image, other);
      if (distance < least || (distance === least && best !== null && other.id < best.id)) {
        least = distance;
        best = other;
      }
    }
  });
  return best;
}

function enter(bands: readonly Map<number, HashedImage[]>[], image: HashedImage): void {
  bands.forEach((band, i) => {
    const key = bandOf(image, i);
    const listed = band.get(key);
    if (listed === undefined) band.set(key, [image]);
    else listed.push(image);
  });
}

function bandOf({ high, low }: HashedImage, band: number): number {
  const half = band < 2 ? high : low;
  return band % 2 === 0 ? half >>> 16 : half & 0xffff;
}

/** Bits in which two hashes differ, 0 to 64. */
export function hammingDistance(a: HashedImage, b: HashedImage): number {
  return bitCount(a.high ^ b.high) + bitCount(a.low ^ b.low);
}

/** Bits that are set, of 32. */
function bitCount(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
