import type { ImportedImage } from '../../shared/records.ts';
import { decodeImage, type DecodedImage } from './decodeImage.ts';
import type { PixelStoreWriter } from './pixelStoreWriter.ts';
import type { FoundFile } from './planImport.ts';
import { readImageFile } from './readImageFile.ts';
import { rawPath } from './scanFolder.ts';

/** The pixels of one content: its slot and the original's size. */
export interface StoredContent {
  readonly slot: number;
  readonly width: number;
  readonly height: number;
}

/** Stored contents by hexadecimal SHA-256 of the file: files with the same bytes share one slot. */
export type ContentIndex = Map<string, StoredContent>;

/** A file after reading: `decoded` is null for one that needs no pixels, because it is known or unreadable. */
export interface ReadFile {
  readonly file: FoundFile;
  readonly contentHash: string | null;
  readonly reason: string | null;
  readonly decoded: DecodedImage | null;
}

/** Reads, hashes and, unless its content is stored already, decodes a file. Never throws for a bad one. */
export async function readPending(
  file: FoundFile,
  slotSize: number,
  contents: ContentIndex,
): Promise<ReadFile> {
  const read = await readImageFile(rawPath(file.root, file.relativePath), file.byteSize);
  if ('reason' in read) return { file, contentHash: null, reason: read.reason, decoded: null };
  const { bytes, contentHash } = read;
  if (contents.has(contentHash)) return { file, contentHash, reason: null, decoded: null };
  const decoded = await decodeImage(bytes, slotSize);
  if ('reason' in decoded) return { file, contentHash, reason: decoded.reason, decoded: null };
  return { file, contentHash, reason: null, decoded };
}

/** Gives a read file its slot: the one that its content has, else a new one. */
export function storeRead(read: ReadFile, writer: PixelStoreWriter, contents: ContentIndex): ImportedImage {
  const { file, contentHash, reason } = read;
  const stored =
    reason === null && contentHash !== null ? contentOf(read, contentHash, writer, contents) : null;
  return {
    rootId: file.rootId,
    relativePath: file.relativePath,
    displayName: file.relativePath.toString(),
    contentHash,
    byteSize: file.byteSize,
    mtime: file.mtime,
    width: stored?.width ?? 0,
    height: stored?.height ?? 0,
    state: stored === null ? 'unreadable' : 'ready',
    reason,
    slot: stored?.slot ?? null,
  };
}

function contentOf(
  { decoded }: ReadFile,
  contentHash: string,
  writer: PixelStoreWriter,
  contents: ContentIndex,
): StoredContent | null {
  const known = contents.get(contentHash);
  if (known !== undefined || decoded === null) return known ?? null;
  const slot = writer.append(decoded.pixels, decoded.slotHeight, decoded.slotWidth);
  const stored = { slot, width: decoded.width, height: decoded.height };
  contents.set(contentHash, stored);
  return stored;
}
