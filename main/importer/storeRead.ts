import type { SlotThumbnail } from '../../shared/importing.ts';
import type { ImportedImage } from '../../shared/records.ts';
import type { ContentIndex, StoredContent } from './contentIndex.ts';
import type { PixelStoreWriter } from './pixelStoreWriter.ts';
import type { FoundFile } from './planImport.ts';
import type { ReadFile } from './readPending.ts';

/** A row with what it brought into the store. */
export interface StoredRead {
  readonly image: ImportedImage;
  readonly isDuplicate: boolean;
  readonly thumbnail: SlotThumbnail | null;
}

/** Gives a read file its slot, the one that its content has or else a new one, and its row. */
export function storeRead(
  file: FoundFile,
  read: ReadFile,
  writer: PixelStoreWriter,
  contents: ContentIndex,
): StoredRead {
  const { contentHash, reason, decoded } = read;
  const known = reason === null ? contents.get(contentHash) : null;
  if (known !== null || decoded === null) {
    return { image: rowOf(file, read, known), isDuplicate: known !== null, thumbnail: null };
  }
  const slot = writer.append(decoded.pixels, decoded.slotHeight, decoded.slotWidth);
  const { width, height, note, perceptualHash, thumbnail } = decoded;
  const stored = { slot, width, height, note, perceptualHash };
  contents.set(contentHash, stored);
  return {
    image: rowOf(file, read, stored),
    isDuplicate: false,
    thumbnail: thumbnail === null ? null : { slot, ...thumbnail },
  };
}

function rowOf(
  file: FoundFile,
  { contentHash, reason }: ReadFile,
  stored: StoredContent | null,
): ImportedImage {
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
    note: stored?.note ?? null,
    perceptualHash: stored?.perceptualHash ?? null,
    slot: stored?.slot ?? null,
  };
}
