import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { importFolders } from '../../main/importer/importFolders.ts';
import type { ImportBatch, ImportProgress, KnownImage } from '../../shared/importing.ts';
import { packKnownImages } from '../../shared/knownImages.ts';
import type { ImageId, RootId } from '../../shared/records.ts';
import { asNobody } from '../helpers/hostile/importHostile.ts';
import { plainPng } from '../helpers/sampleImage.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

it('a folder that may not be opened is told, and what was imported from it is not called missing', async () => {
  const [folder, pixelsFolder] = [temporaryFolder(), temporaryFolder()];
  for (const [i, name] of ['open', 'closed'].entries()) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, '1.png'), await plainPng(i));
  }
  const request = { pixelsFolder, roots: [{ rootId: 1 as RootId, folder }], slotSize: 16 };
  const run = async (known: readonly KnownImage[]): Promise<[ImportBatch[], ImportProgress | undefined]> => {
    let last: ImportProgress | undefined;
    const hooks = { onProgress: (progress: ImportProgress) => void (last = progress) };
    const batches: ImportBatch[] = [];
    for await (const batch of importFolders(
      { ...request, known: [packKnownImages(known)], slotsInUse: known.length },
      hooks,
    )) {
      batches.push(batch);
    }
    return [batches, last];
  };
  const [first] = await run([]);
  const known = first
    .flatMap(({ images }) => images)
    .map((image, i) => ({ ...image, id: (i + 1) as ImageId, state: 'ready' as const }));
  expect(known).toHaveLength(2);

  chmodSync(join(folder, 'closed'), 0);
  onTestFinished(() => chmodSync(join(folder, 'closed'), 0o700));
  const [batches, progress] = await asNobody([folder, pixelsFolder], () => run(known));
  expect(progress?.unreadableFolders).toEqual([join(folder, 'closed')]);
  expect(batches.flatMap(({ missing }) => missing)).toEqual([]);
});
