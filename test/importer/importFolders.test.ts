import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decodeFolderToStore } from '../../main/importer/decodeFolderToStore.ts';
import { importFolders } from '../../main/importer/importFolders.ts';
import { openPixelStore } from '../../main/importer/pixelStore.ts';
import {
  countImages,
  listImages,
  listKnownImages,
  slotsInUse,
  writeImportBatch,
} from '../../main/library/images.ts';
import { createProject, type Project } from '../../main/library/project.ts';
import { ensureRoots } from '../../main/library/roots.ts';
import type { ImportBatch, ImportProgress } from '../../shared/importing.ts';
import { drawHeldOutPool } from '../helpers/drawHeldOutPool.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { plainPng, quarters } from '../helpers/sampleImage.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

interface Setting {
  readonly project: Project;
  readonly photos: string;
}

function newSetting(): Setting {
  const project = createProject(temporaryFolder(), { seed: 's' });
  onTestFinished(() => project.close());
  return { project, photos: temporaryFolder() };
}

async function put(folder: string, path: string, red: number): Promise<void> {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), await plainPng(red));
}

/** An import as the application does it. */
async function runImport(
  { project, photos }: Setting,
  onProgress?: (progress: ImportProgress) => void,
  signal?: AbortSignal,
): Promise<ImportBatch[]> {
  const { db } = project;
  const roots = ensureRoots(db, [photos]).map(({ id, folder }) => ({ rootId: id, folder }));
  const request = {
    pixelsFolder: project.pixelsFolder,
    roots,
    known: [listKnownImages(db)],
    slotsInUse: slotsInUse(db),
  };
  const batches: ImportBatch[] = [];
  for await (const batch of importFolders(request, {
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  })) {
    writeImportBatch(db, batch);
    batches.push(batch);
  }
  drawHeldOutPool(db);
  return batches;
}

function readyImages({ project }: Setting) {
  return listImages(project.db, 'ready').map(({ displayName, slot }) => [displayName, slot]);
}

/** The red of each slot's first pixel. */
function reds({ project }: Setting): number[] {
  const store = openPixelStore(project.pixelsFolder);
  const slots = Array.from({ length: store.count }, (_, i) => i);
  const pixels = new Uint8Array(store.count * 3 * store.slotSize ** 2);
  store.readSlots(slots, pixels, new Int32Array(2 * store.count));
  store.close();
  return slots.map((slot) => pixels[slot * 3 * store.slotSize ** 2]);
}

describe('an import', () => {
  it('gives each content a slot, in the order of the paths, and each file a row', async () => {
    const setting = newSetting();
    await put(setting.photos, 'b/2.png', 20);
    await put(setting.photos, 'a/1.png', 10);
    await put(setting.photos, 'c/twin.png', 10);
    writeFileSync(join(setting.photos, 'a', 'broken.jpg'), 'no image');
    // One batch or, on a slow machine, several.
    const images = (await runImport(setting)).flatMap((batch) => batch.images);
    expect(images.map(({ displayName, state, slot }) => [displayName, state, slot])).toEqual([
      ['a/1.png', 'ready', 0],
      ['a/broken.jpg', 'unreadable', null],
      ['b/2.png', 'ready', 1],
      ['c/twin.png', 'ready', 0],
    ]);
    expect(images[1]).toMatchObject({
      width: 0,
      reason: expect.stringContaining('not an image') as unknown,
    });
    expect(images[3]).toMatchObject({ width: 8, height: 8, contentHash: images[0].contentHash });
    expect(reds(setting)).toEqual([10, 20]);
    expect(countImages(setting.project.db)).toMatchObject({ ready: 3, unreadable: 1, distinct: 2 });
  });

  it('tells the size on disk before it decodes, and counts to the end', async () => {
    const setting = newSetting();
    for (let i = 0; i < 5; i += 1) await put(setting.photos, `${i}.png`, i < 4 ? 50 : 99);
    const seen: ImportProgress[] = [];
    await runImport(setting, (progress) => seen.push(progress));
    expect(seen.find((progress) => progress.phase === 'planned')).toMatchObject({
      found: 5,
      total: 5,
      done: 0,
      slotSize: 32,
      storeBytes: 5 * 3 * 32 * 32,
    });
    expect(seen.at(-1)).toMatchObject({ phase: 'reading', done: 5, duplicates: 3, unreadable: 0 });
  });

  it('does not read unchanged files again, sees changed, new and lost ones', async () => {
    const setting = newSetting();
    for (const [name, red] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ] as const)
      await put(setting.photos, `${name}.png`, red);
    await runImport(setting);
    expect(await runImport(setting)).toEqual([]);

    await put(setting.photos, 'b.png', 4);
    utimesSync(join(setting.photos, 'b.png'), 1, 1);
    await put(setting.photos, 'd.png', 1);
    rmSync(join(setting.photos, 'c.png'));
    const batches = await runImport(setting);
    expect(batches.flatMap((batch) => batch.images.map((image) => image.displayName))).toEqual([
      'b.png',
      'd.png',
    ]);
    expect(readyImages(setting)).toEqual([
      ['a.png', 0],
      ['b.png', 3],
      ['d.png', 0],
    ]);
    expect(countImages(setting.project.db)).toMatchObject({ ready: 3, missing: 1 });

    await put(setting.photos, 'c.png', 3);
    await runImport(setting);
    expect(readyImages(setting)).toContainEqual(['c.png', 2]);
    expect(reds(setting)).toEqual([1, 2, 3, 4]);
  });

  it('keeps M when larger images come later', async () => {
    const setting = newSetting();
    await put(setting.photos, 'small.png', 1);
    await runImport(setting);
    writeFileSync(join(setting.photos, 'large.jpg'), await quarters(300, 200).jpeg().toBuffer());
    await runImport(setting);
    const store = openPixelStore(setting.project.pixelsFolder);
    const sizes = new Int32Array(4);
    store.readSlots([0, 1], new Uint8Array(2 * 3 * 32 * 32), sizes);
    store.close();
    expect([...sizes]).toEqual([8, 8, 21, 32]);
    expect(listImages(setting.project.db, 'ready')[1]).toMatchObject({ width: 300, height: 200 });
  });

  it('chooses M from the sizes of the images', async () => {
    const setting = newSetting();
    for (const side of [60, 90, 500]) {
      writeFileSync(join(setting.photos, `${side}.jpg`), await quarters(side, 40).jpeg().toBuffer());
    }
    await runImport(setting);
    const store = openPixelStore(setting.project.pixelsFolder);
    store.close();
    expect(store.slotSize).toBe(96);
  });

  it('hands out what it has read when it is stopped, and goes on from there', async () => {
    const setting = newSetting();
    for (let i = 0; i < 20; i += 1) await put(setting.photos, `${String(i).padStart(2, '0')}.png`, i);
    const abort = new AbortController();
    const stopAtOnce = ({ phase }: ImportProgress) => phase === 'planned' && abort.abort(new Error('stop'));
    await expect(runImport(setting, stopAtOnce, abort.signal)).rejects.toThrow('stop');
    const { ready } = countImages(setting.project.db);
    expect(ready).toBe(1);
    await runImport(setting);
    expect(countImages(setting.project.db).ready).toBe(20);
    expect(reds(setting)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('drops slots whose rows were never written', async () => {
    const setting = newSetting();
    await put(setting.photos, 'a.png', 1);
    await runImport(setting);
    await put(setting.photos, 'b.png', 2);
    const { db, pixelsFolder } = setting.project;
    const roots = ensureRoots(db, [setting.photos]).map(({ id, folder }) => ({ rootId: id, folder }));
    const lost = importFolders({ pixelsFolder, roots, known: [listKnownImages(db)], slotsInUse: 1 });
    await lost.next();
    expect(reds(setting)).toEqual([1, 2]);
    await put(setting.photos, 'aa.png', 3);
    await runImport(setting);
    expect(reds(setting)).toEqual([1, 3, 2]);
    expect(readyImages(setting)).toEqual([
      ['a.png', 0],
      ['aa.png', 1],
      ['b.png', 2],
    ]);
  });

  it('says when a folder holds no images or is not there', async () => {
    const setting = newSetting();
    writeFileSync(join(setting.photos, 'notes.txt'), '');
    expect(await errorCode(() => runImport(setting))).toBe('no-images');
    expect(await errorCode(() => decodeFolderToStore('/absent', temporaryFolder(), 32))).toBe(
      'no-such-folder',
    );
  });
});

describe('decoding a folder outside of a project', () => {
  it('gives one record a file, with its slot in a store of the given M', async () => {
    const photos = temporaryFolder();
    const storeFolder = temporaryFolder();
    await put(photos, 'oak/1.png', 7);
    await put(photos, 'elm/2.png', 8);
    writeFileSync(join(photos, 'bad.png'), '');
    const files = await decodeFolderToStore(photos, storeFolder, 64);
    expect(files.map(({ displayName, state, slot }) => [displayName, state, slot])).toEqual([
      ['bad.png', 'unreadable', null],
      ['elm/2.png', 'ready', 0],
      ['oak/1.png', 'ready', 1],
    ]);
    const store = openPixelStore(storeFolder);
    store.close();
    expect([store.slotSize, store.count]).toEqual([64, 2]);
  });
});
