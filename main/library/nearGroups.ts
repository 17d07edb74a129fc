/** Pictures whose 64-bit hashes differ in at most this many bits are taken for the same picture. */
export const nearDistance = 3;

/**
 * A hash with nearly all bits alike says that the picture is flat or one even slope, and nothing about what it shows:
 * such pictures have no near duplicates.
 */
const fewestBits = 6;

/** Pictures with the two halves of their hashes; arrays of one length. */
export interface HashedImages {
  readonly ids: Int32Array;
  readonly high: Int32Array;
  readonly low: Int32Array;
}

/**
 * For each image the first one before it (in the order given) that its hash is near to and that is near to no earlier
 * one itself; images without such are absent. Groups so have a leader that all members are near to: no chain of small
 * steps leads from a picture to quite another one, as between the frames of a film.
 *
 * Five bands of 13 bits (the last of 12): hashes with at most 3 different bits have two bands in common, so only those
 * are compared that share a pair of bands, which is some 26 bits. With pairs a million photographs are a few hundred
 * times fewer comparisons than with four bands of 16 bits of which one must be the same.
 */
export function findLeaders({ ids, high, low }: HashedImages): ReadonlyMap<number, number> {
  const tables = bandPairs.map(() => createTable(ids.length));
  const leaders = new Map<number, number>();
  const keys = new Int32Array(bandPairs.length);
  for (let i = 0; i < ids.length; i += 1) {
    const bits = bitCount(high[i]) + bitCount(low[i]);
    if (bits < fewestBits || bits > 64 - fewestBits) continue;
    writeKeys(keys, high[i], low[i]);
    const leader = nearest(tables, keys, { high, low }, i);
    if (leader >= 0) leaders.set(ids[i], ids[leader]);
    else tables.forEach((table, t) => enter(table, keys[t], i));
  }
  return leaders;
}

const bandPairs: readonly (readonly [number, number])[] = [0, 1, 2, 3].flatMap((a) =>
  [1, 2, 3, 4].filter((b) => b > a).map((b) => [a, b] as const),
);

/** The two bands of each pair as one number. */
function writeKeys(keys: Int32Array, high: number, low: number): void {
  for (let t = 0; t < bandPairs.length; t += 1) {
    const [a, b] = bandPairs[t];
    keys[t] = (bandOf(a, high, low) << 13) | bandOf(b, high, low);
  }
}

function bandOf(band: number, high: number, low: number): number {
  switch (band) {
    case 0:
      return high >>> 19;
    case 1:
      return (high >>> 6) & 0x1fff;
    case 2:
      return ((high & 0x3f) << 7) | (low >>> 25);
    case 3:
      return (low >>> 12) & 0x1fff;
    default:
      return low & 0xfff;
  }
}

/** Chains of images by a hash of their key; an image's place is its index plus 1, and 0 ends a chain. */
interface Table {
  readonly heads: Int32Array;
  readonly next: Int32Array;
  readonly shift: number;
}

function createTable(images: number): Table {
  const bits = Math.min(24, Math.max(4, Math.ceil(Math.log2(images + 1))));
  return { heads: new Int32Array(2 ** bits), next: new Int32Array(images + 1), shift: 32 - bits };
}

/** Fibonacci hashing: the upper bits of the key times 2³² / φ. */
function slotOf({ shift }: Table, key: number): number {
  return Math.imul(key, 0x9e3779b1) >>> shift;
}

function enter(table: Table, key: number, image: number): void {
  const slot = slotOf(table, key);
  table.next[image + 1] = table.heads[slot];
  table.heads[slot] = image + 1;
}

/** The index of the nearest image within the distance, the earliest of equals; -1 where there is none. */
function nearest(
  tables: readonly Table[],
  keys: Int32Array,
  { high, low }: Pick<HashedImages, 'high' | 'low'>,
  image: number,
): number {
  let best = -1;
  let least = nearDistance + 1;
  for (let t = 0; t < tables.length; t += 1) {
    const { heads, next } = tables[t];
    for (let at = heads[slotOf(tables[t], keys[t])]; at !== 0; at = next[at]) {
      const other = at - 1;
      const distance = bitCount(high[image] ^ high[other]) + bitCount(low[image] ^ low[other]);
      if (distance > least || distance > nearDistance) continue;
      if (distance < least || other < best) best = other;
      least = distance;
    }
  }
  return best;
}

/** Bits that are set, of 32. */
function bitCount(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
