import type { Thumbnail } from '../../shared/importing.ts';
import {
  decodeAtOnce,
  decodeImage,
  type DecodedImage,
  type DecodeOptions,
  type Unreadable,
} from './decodeImage.ts';
import { isKnownHash, type KnownHashes } from './knownHashes.ts';
import { perceptualHash } from './perceptualHash.ts';
import { ownMemory, type PortionMemory } from './portionMemory.ts';
import { readImageFile, type ImageFile } from './readImageFile.ts';
import { rawPath } from './scanFolder.ts';

/** A file to read. Plain data: it goes to other threads. */
export interface PendingFile {
  /** The root's folder. */
  readonly root: string;
  readonly relativePath: Uint8Array;
  /** What it had when it was found; 0 where it was no regular file. */
  readonly byteSize: number;
  /** It ended the process before: it is hashed, and not decoded. */
  readonly hasCrashed: boolean;
}

export interface ReadOptions {
  /** M. */
  readonly slotSize: number;
  readonly thumbnails: boolean;
  /** Contents whose pixels are stored already. */
  readonly known: KnownHashes;
}

/** The pixels of a file with what its row says of them. */
export interface ReadPixels {
  /** uint8 [3, M, M]. */
  readonly pixels: Uint8Array;
  readonly slotHeight: number;
  readonly slotWidth: number;
  readonly height: number;
  readonly width: number;
  readonly note: string | null;
  readonly perceptualHash: string;
  readonly thumbnail: Thumbnail | null;
}

/** A file after reading: `decoded` is null for one that needs no pixels, because it is known or unreadable. */
export type ReadFile =
  | { readonly contentHash: string; readonly reason: null; readonly decoded: ReadPixels | null }
  | { readonly contentHash: string | null; readonly reason: string; readonly decoded: null };

/** What a row says of a file that ended the process that decoded it. */
export const crashReason = 'it crashes the decoder';
const millisecondsAFile = 90_000;

/**
 * Reads, hashes and, unless its content is known, decodes a file. Never throws for a bad one.
 * @param memory where bytes and pixels go
 * @returns at once where nothing is to be waited for
 */
export function readPending(
  file: PendingFile,
  options: ReadOptions,
  memory: PortionMemory = ownMemory(3 * options.slotSize ** 2),
): ReadFile | Promise<ReadFile> {
  const read = readImageFile(rawPath(file.root, file.relativePath), file.byteSize, memory.file);
  if ('reason' in read) return { contentHash: null, reason: read.reason, decoded: null };
  const { bytes, contentHash } = read;
  if (file.hasCrashed) return { contentHash, reason: crashReason, decoded: null };
  if (isKnownHash(options.known, contentHash)) return { contentHash, reason: null, decoded: null };
  const { slotSize, thumbnails } = options;
  const decoding = { thumbnail: thumbnails, slot: memory.slot };
  const small = decodeAtOnce(bytes, slotSize, decoding);
  if (small !== null) return { contentHash, reason: null, decoded: withPerceptualHash(small, slotSize) };
  return decodeInTime(read, slotSize, decoding);
}

async function decodeInTime(
  { bytes, contentHash }: ImageFile,
  slotSize: number,
  options: DecodeOptions,
): Promise<ReadFile> {
  const decoded = await withinTime(decodeImage(bytes, slotSize, options), millisecondsAFile);
  if ('reason' in decoded) return { contentHash, reason: decoded.reason, decoded: null };
  return { contentHash, reason: null, decoded: withPerceptualHash(decoded, slotSize) };
}

/**
 * What `decoding` gives, or a reason when it has not come in time. It cannot be stopped, only left alone: the decoder's
 * own limit is shorter, and this one is for when that fails.
 */
export async function withinTime<T>(decoding: Promise<T>, milliseconds: number): Promise<T | Unreadable> {
  const { promise: tooLate, resolve } = Promise.withResolvers<Unreadable>();
  const timer = setTimeout(() => resolve({ reason: 'decoding it takes too long' }), milliseconds);
  try {
    return await Promise.race([decoding, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

function withPerceptualHash(decoded: DecodedImage, slotSize: number): ReadPixels {
  const { pixels, slotHeight, slotWidth } = decoded;
  return { ...decoded, perceptualHash: perceptualHash(pixels, slotSize, slotHeight, slotWidth) };
}
