const hexDigits = 16;

/** The first 64 bits of SHA-256 hashes, ascending: shared between threads, 8 bytes an image. */
export type KnownHashes = BigUint64Array;

/** @param prefixes the first 64 bits of hashes, in any order; sorted in place */
export function knownHashes(prefixes: BigUint64Array = new BigUint64Array()): KnownHashes {
  const sorted = prefixes.sort();
  const table = new BigUint64Array(new SharedArrayBuffer(sorted.byteLength));
  table.set(sorted);
  return table;
}

/** Whether a hash with these first 64 bits is known: as good as certain, but not a proof. */
export function isKnownHash(table: KnownHashes, contentHash: string): boolean {
  if (table.length === 0) return false;
  const wanted = prefix(contentHash);
  let [low, high] = [0, table.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (table[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return table[low] === wanted;
}

function prefix(contentHash: string): bigint {
  return BigInt(`0x${contentHash.slice(0, hexDigits)}`);
}
