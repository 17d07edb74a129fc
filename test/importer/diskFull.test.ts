import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { importFolders } from '../../main/importer/importFolders.ts';
import { openPixelStore } from '../../main/importer/pixelStore.ts';
import type { ImportBatch } from '../../shared/importing.ts';
import type { RootId } from '../../shared/records.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { plainPng } from '../helpers/sampleImage.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

const disk = vi.hoisted(() => ({ bytesLeft: Infinity }));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const writeSync = (file: number, bytes: Uint8Array, offset: number, length: number, position: number) => {
    // As a disk does: what fits is written, and only the next write fails.
    const fitting = Math.min(length, disk.bytesLeft);
    if (fitting === 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    disk.bytesLeft -= fitting;
    return fs.writeSync(file, bytes, offset, fitting, position);
  };
  return { ...fs, writeSync };
});

const slotSize = 64;
const slotBytes = 3 * slotSize * slotSize;
const storeStart = 64 + Math.floor(2 ** 28 / slotBytes) * 8;

async function importUntilFull(
  bytesLeft: number,
): Promise<{ batches: ImportBatch[]; code: string | null; count: number }> {
  const photos = temporaryFolder();
  const pixelsFolder = temporaryFolder();
  for (let i = 0; i < 300; i += 1)
    writeFileSync(join(photos, `${1000 + i}.png`), await plainPng(i % 256, i >> 8));
  const roots = [{ rootId: 1 as RootId, folder: photos }];
  const batches: ImportBatch[] = [];
  disk.bytesLeft = bytesLeft;
  const code = await errorCode(async () => {
    for await (const batch of importFolders({
      pixelsFolder,
      roots,
      known: [],
      slotsInUse: 0,
      slotSize,
    })) {
      batches.push(batch);
    }
  });
  disk.bytesLeft = Infinity;
  const store = openPixelStore(pixelsFolder);
  store.close();
  return { batches, code, count: store.count };
}

describe('a disk that fills up during an import', () => {
  it('ends it with disk-full; what was handed out is whole and nothing else counts', async () => {
    // Room for the first batch and its table, then for ten and a half slots.
    const { batches, code, count } = await importUntilFull(
      storeStart + 256 * (slotBytes + 8) + 10.5 * slotBytes,
    );
    expect(code).toBe('disk-full');
    const rows = batches.flatMap((batch) => batch.images);
    expect(rows.length).toBeLessThan(300);
    expect(rows.every((row) => row.slot !== null && row.slot < count)).toBe(true);
    // Slots beyond the rows may be there, whole: the next import writes over them.
    expect(count - rows.length).toBeLessThanOrEqual(10);
  });

  it('does so too when even the first slot does not fit', async () => {
    const { batches, code, count } = await importUntilFull(storeStart + 100);
    expect([batches, code, count]).toEqual([[], 'disk-full', 0]);
  });
});
