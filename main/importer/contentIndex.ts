import { knownImage, type KnownImages } from '../../shared/knownImages.ts';

/** The pixels of one content: its slot, and what every row with these bytes says. */
export interface StoredContent {
  readonly slot: number;
  readonly width: number;
  readonly height: number;
  readonly note: string | null;
  readonly perceptualHash: string | null;
}

/** Stored contents by hexadecimal SHA-256 of the file: files with the same bytes share one slot. */
export interface ContentIndex {
  readonly size: number;
  get(contentHash: string): StoredContent | null;
  has(contentHash: string): boolean;
  /** Keeps a content; of one that is there already, the later. */
  set(contentHash: string, content: StoredContent): void;
  /** The first 64 bits of all hashes. */
  prefixes(): BigUint64Array;
}

/** Words of 32 bits of an entry: 8 of the hash, 2 of the perceptual one, its flag, slot, width, height. */
const words = 14;
const firstEntries = 1024;

/** An empty index: some 70 bytes a content, in two pieces of memory. */
export function contentIndex(): ContentIndex {
  let size = 0;
  let entries = new Int32Array(firstEntries * words);
  /** Open addressing: the entry's number plus 1; 0 is free. A quarter to half of it is used. */
  let places = new Int32Array(4 * firstEntries);
  const notes = new Map<number, string>();
  const keyBytes = Buffer.alloc(32);
  const key = new Int32Array(keyBytes.buffer, keyBytes.byteOffset, 8);

  const readKey = (hex: string): void => {
    keyBytes.write(hex, 'hex');
    // The first digits in a word's highest bits, which machines keep last.
    keyBytes.swap32();
  };
  /** Where the key lies in `places`, or where it would. */
  const placeOf = (from: Int32Array, start: number): number => {
    const mask = places.length - 1;
    let at = from[start] & mask;
    while (places[at] !== 0 && !isSame(entries, (places[at] - 1) * words, from, start)) at = (at + 1) & mask;
    return at;
  };
  const grow = (): void => {
    const larger = new Int32Array(2 * entries.length);
    larger.set(entries);
    entries = larger;
    places = new Int32Array(2 * places.length);
    for (let i = 0; i < size; i += 1) places[placeOf(entries, i * words)] = i + 1;
  };
  const find = (contentHash: string): number => {
    readKey(contentHash);
    return places[placeOf(key, 0)] - 1;
  };
  return {
    get size() {
      return size;
    },
    has: (contentHash) => find(contentHash) >= 0,
    get(contentHash) {
      const entry = find(contentHash);
      return entry < 0 ? null : readEntry(entries, entry, notes.get(entry) ?? null);
    },
    set(contentHash, content) {
      let entry = find(contentHash);
      if (entry < 0) {
        if ((size + 1) * words > entries.length) grow();
        entry = size;
        places[placeOf(key, 0)] = entry + 1;
        entries.set(key, entry * words);
        size += 1;
      }
      writeEntry(entries, entry, content);
      if (content.note === null) notes.delete(entry);
      else notes.set(entry, content.note);
    },
    prefixes: () =>
      BigUint64Array.from({ length: size }, (_, i) => {
        return (unsigned(entries[i * words]) << 32n) | unsigned(entries[i * words + 1]);
      }),
  };
}

/** Adds the contents of known images that have pixels. */
export function addKnown(index: ContentIndex, known: KnownImages): void {
  for (let i = 0; i < known.ids.length; i += 1) {
    const { contentHash, slot, width, height, note, perceptualHash } = knownImage(known, i);
    if (contentHash !== null && slot !== null) {
      index.set(contentHash, { slot, width, height, note, perceptualHash });
    }
  }
}

function isSame(entries: Int32Array, at: number, key: Int32Array, start: number): boolean {
  for (let word = 0; word < 8; word += 1) if (entries[at + word] !== key[start + word]) return false;
  return true;
}

function readEntry(entries: Int32Array, entry: number, note: string | null): StoredContent {
  const [high, low, hasLook, slot, width, height] = entries.subarray(entry * words + 8, (entry + 1) * words);
  return { slot, width, height, note, perceptualHash: hasLook === 0 ? null : hexOf(high) + hexOf(low) };
}

function writeEntry(entries: Int32Array, entry: number, content: StoredContent): void {
  const { perceptualHash, slot, width, height } = content;
  const look = perceptualHash ?? '0'.repeat(16);
  const halves = [look.slice(0, 8), look.slice(8)].map((half) => parseInt(half, 16));
  entries.set([...halves, perceptualHash === null ? 0 : 1, slot, width, height], entry * words + 8);
}

function unsigned(word: number): bigint {
  return BigInt(word >>> 0);
}

function hexOf(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
