import type { KnownImage } from './importing.ts';
import type { ImageId, RootId } from './records.ts';

/**
 * Images that a project has, packed in columns: about 100 bytes an image with its path, and few pieces, so that a
 * million of them pass between threads and processes at once. One entry an image unless said otherwise.
 */
export interface KnownImages {
  readonly ids: Float64Array;
  readonly rootIds: Float64Array;
  /** Where each path ends in `paths`. */
  readonly pathEnds: Uint32Array;
  readonly paths: Uint8Array;
  /** Index into `states`, plus 4 where there is a content hash and 8 where there is a perceptual one. */
  readonly flags: Uint8Array;
  /** 32 bytes an image, zero where there is none. */
  readonly contentHashes: Uint8Array;
  /** 8 bytes an image. */
  readonly perceptualHashes: Uint8Array;
  readonly byteSizes: Float64Array;
  readonly mtimes: Float64Array;
  readonly widths: Int32Array;
  readonly heights: Int32Array;
  /** −1 for none. */
  readonly slots: Int32Array;
  /** Of the few that have one. */
  readonly notes: ReadonlyMap<number, string>;
}

const states = ['ready', 'unreadable', 'missing'] as const;
const [hasContent, hasLook] = [4, 8];
const [contentBytes, lookBytes] = [32, 8];

/** Packs images in the order given. */
export function packKnownImages(images: readonly KnownImage[]): KnownImages {
  const count = images.length;
  const pathEnds = new Uint32Array(count);
  let end = 0;
  for (const [i, { relativePath }] of images.entries()) pathEnds[i] = end += relativePath.length;
  const packed = {
    ids: Float64Array.from(images, ({ id }) => id),
    rootIds: Float64Array.from(images, ({ rootId }) => rootId),
    pathEnds,
    paths: new Uint8Array(end),
    flags: Uint8Array.from(images, flagsOf),
    contentHashes: new Uint8Array(count * contentBytes),
    perceptualHashes: new Uint8Array(count * lookBytes),
    byteSizes: Float64Array.from(images, ({ byteSize }) => byteSize),
    mtimes: Float64Array.from(images, ({ mtime }) => mtime),
    widths: Int32Array.from(images, ({ width }) => width),
    heights: Int32Array.from(images, ({ height }) => height),
    slots: Int32Array.from(images, ({ slot }) => slot ?? -1),
    notes: new Map(images.flatMap(({ note }, i) => (note === null ? [] : [[i, note] as const]))),
  };
  for (const [i, { relativePath, contentHash, perceptualHash }] of images.entries()) {
    packed.paths.set(relativePath, pathEnds[i] - relativePath.length);
    if (contentHash !== null) packed.contentHashes.set(Buffer.from(contentHash, 'hex'), i * contentBytes);
    if (perceptualHash !== null)
      packed.perceptualHashes.set(Buffer.from(perceptualHash, 'hex'), i * lookBytes);
  }
  return packed;
}

function flagsOf({ state, contentHash, perceptualHash }: KnownImage): number {
  return (
    states.indexOf(state) + (contentHash === null ? 0 : hasContent) + (perceptualHash === null ? 0 : hasLook)
  );
}

/** The path of image `i`: a view. */
export function knownPath({ paths, pathEnds }: KnownImages, i: number): Uint8Array {
  return paths.subarray(i === 0 ? 0 : pathEnds[i - 1], pathEnds[i]);
}

/** Image `i`. */
export function knownImage(known: KnownImages, i: number): KnownImage {
  return {
    id: known.ids[i] as ImageId,
    rootId: known.rootIds[i] as RootId,
    relativePath: knownPath(known, i),
    contentHash: (known.flags[i] & hasContent) === 0 ? null : hexOf(known.contentHashes, i, contentBytes),
    byteSize: known.byteSizes[i],
    mtime: known.mtimes[i],
    width: known.widths[i],
    height: known.heights[i],
    state: knownState(known, i),
    note: known.notes.get(i) ?? null,
    perceptualHash: (known.flags[i] & hasLook) === 0 ? null : hexOf(known.perceptualHashes, i, lookBytes),
    slot: known.slots[i] < 0 ? null : known.slots[i],
  };
}

export function knownState({ flags }: KnownImages, i: number): KnownImage['state'] {
  return states[flags[i] & 3];
}

/** Whether image `i` has the hash of a content. */
export function isHashed({ flags }: KnownImages, i: number): boolean {
  return (flags[i] & hasContent) !== 0;
}

function hexOf(bytes: Uint8Array, i: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + i * length, length).toString('hex');
}
