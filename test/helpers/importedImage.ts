import { createHash } from 'node:crypto';
import type { ImportedImage, RootId } from '../../shared/records.ts';

/** What the importer would report for a readable file whose bytes are `content`. */
export function importedImage(path: string, slot: number, content = path): ImportedImage {
  const contentHash = createHash('sha256').update(content).digest('hex');
  return {
    rootId: 1 as RootId,
    relativePath: Buffer.from(path),
    displayName: path,
    contentHash,
    byteSize: 1000,
    mtime: 1_700_000_000_000,
    width: 64,
    height: 48,
    state: 'ready',
    reason: null,
    note: null,
    // Another picture looks quite different.
    perceptualHash: contentHash.slice(0, 16),
    slot,
  };
}
