import { createHash } from 'node:crypto';
import { randomStream, type Random } from '../../main/nn/random.ts';
import type { ImportedImage, RootId } from '../../shared/records.ts';

/** Roots of a generated project, with the share of its images that each has. */
export const generatedRoots = [
  { folder: '/photos/camera', share: 0.6 },
  { folder: '/photos/phone', share: 0.3 },
  { folder: '/archive/scans', share: 0.1 },
] as const;

export const generatedClasses = 'oak,beech,birch,pine,spruce,maple,ash,elm,yew,lime,alder,willow'.split(',');

const imagesPerFolder = 250;
const day = 24 * 3600 * 1000;

/** Of all rows. Duplicates repeat a row of the last few thousand. */
const shares = { unreadable: 0.01, noted: 0.02, exact: 0.02, near: 0.01 };

/**
 * Rows as an import of `count` images would write them: three roots of nested folders, in the order of their paths but
 * for the last fifth of each root, which came later into the same folders; some unreadable, some with a note, some of
 * the same bytes or the same look as another. The same count gives the same rows.
 */
export function* generateRows(count: number): Generator<ImportedImage> {
  const random = randomStream('library bench', count);
  const earlier: ImportedImage[] = [];
  let slots = 0;
  let first = 0;
  for (const [i, { share }] of generatedRoots.entries()) {
    const images = i === generatedRoots.length - 1 ? count - first : Math.round(count * share);
    for (let at = 0; at < images; at += 1) {
      const fresh = describeFile(i + 1, at, images, random);
      const row = givePixels(fresh, first + at, earlier, slots, random);
      if (row.slot === slots) slots += 1;
      if (row.state === 'ready') earlier[(first + at) % 4096] = row;
      yield row;
    }
    first += images;
  }
}

type File = Pick<
  ImportedImage,
  'rootId' | 'relativePath' | 'displayName' | 'byteSize' | 'mtime' | 'width' | 'height'
>;

function describeFile(rootId: number, at: number, images: number, random: Random): File {
  const folders = Math.ceil(images / imagesPerFolder);
  const inOrder = at < images * 0.8;
  const folder = inOrder ? Math.floor((at / (images * 0.8)) * folders) : random.integer(folders);
  const place = `${generatedClasses[folder % generatedClasses.length]}/${2019 + (folder % 7)}/session-${pad(folder, 5)}`;
  const name = `${place}/${inOrder ? 'IMG' : 'DSC'}_${pad(at, 7)}.jpg`;
  return {
    rootId: rootId as RootId,
    relativePath: Buffer.from(name),
    displayName: name,
    byteSize: 200_000 + random.integer(4_000_000),
    mtime: 1_600_000_000_000 + random.integer(5 * 365) * day + random.integer(day),
    width: 4000,
    height: 3000,
  };
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

function givePixels(
  file: File,
  index: number,
  earlier: readonly ImportedImage[],
  slots: number,
  random: Random,
): ImportedImage {
  const kind = random.uniform();
  const other = earlier[random.integer(Math.max(1, earlier.length))] as ImportedImage | undefined;
  if (kind < shares.unreadable) return unreadable(file);
  const state = { state: 'ready', reason: null } as const;
  const note = random.uniform() < shares.noted ? 'greyscale: shown as such' : null;
  const duplicate = kind - shares.unreadable;
  if (other !== undefined && duplicate < shares.exact) {
    const { contentHash, perceptualHash, slot } = other;
    return { ...file, ...state, note, contentHash, perceptualHash, slot };
  }
  const near = other?.perceptualHash !== null && duplicate < shares.exact + shares.near ? other : undefined;
  const perceptualHash = near?.perceptualHash
    ? withOtherBits(near.perceptualHash, random)
    : hashOfALook(random);
  const contentHash = createHash('sha256').update(`photograph ${index}`).digest('hex');
  return { ...file, ...state, note, contentHash, perceptualHash, slot: slots };
}

function unreadable(file: File): ImportedImage {
  const nothing = { contentHash: null, perceptualHash: null, slot: null, note: null, width: 0, height: 0 };
  return { ...file, ...nothing, state: 'unreadable', reason: 'it ends too early' };
}

/** One or two bits differ. */
function withOtherBits(hash: string, random: Random): string {
  const bits = (1n << BigInt(random.integer(64))) | (1n << BigInt(random.integer(64)));
  return (BigInt(`0x${hash}`) ^ bits).toString(16).padStart(16, '0');
}

/**
 * Neighbouring bits of a row are alike in 69 of 100 cases: with that two of the generated hashes have 16 bits in common
 * as often as two photographs (once in 10,000 pairs on CIFAR-10), which decides how long the search for near ones is.
 */
function hashOfALook(random: Random): string {
  let hex = '';
  for (let row = 0; row < 8; row += 1) {
    let bit = random.integer(2);
    let bits = bit;
    for (let column = 1; column < 8; column += 1) {
      if (random.uniform() >= 0.69) bit = 1 - bit;
      bits = (bits << 1) | bit;
    }
    hex += bits.toString(16).padStart(2, '0');
  }
  return hex;
}
