import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLibrary, type Library } from '../../main/library/client.ts';
import { openDirectLibrary, openDirectLibraryReadOnly } from '../../main/library/directLibrary.ts';
import { writeImportBatch } from '../../main/library/images.ts';
import { createProject, openProject } from '../../main/library/project.ts';
import type { ClassId, ImageId } from '../../shared/records.ts';
import { drawHeldOutPool } from '../helpers/drawHeldOutPool.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { importedImage } from '../helpers/importedImage.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

async function library(images: number, heldOutFraction = 0.1): Promise<{ folder: string; open: Library }> {
  const folder = temporaryFolder();
  const { db, close } = createProject(folder, { seed: 's', heldOutFraction });
  db.prepare("INSERT INTO roots (id, folder, added_at) VALUES (1, '/photos', 0)").run();
  writeImportBatch(db, {
    images: Array.from({ length: images }, (_, i) => importedImage(`${i}.jpg`, i)),
    missing: [],
  });
  drawHeldOutPool(db);
  close();
  const open = await openLibrary(folder);
  onTestFinished(() => open.close());
  return { folder, open };
}

describe('a library in threads', () => {
  it('reads what it has written, holds the lock until it is closed, and then answers no more', async () => {
    const { folder, open } = await library(5);
    const [oak] = await open.write.ensureClasses(['oak']);
    expect(await open.write.setLabels([{ imageId: 2 as ImageId, classId: oak.id }], 'person')).toBe(1);
    const query = { filter: { show: 'labelled' }, sort: 'imported' } as const;
    expect(await open.read.listWindow(query, 0, 10)).toMatchObject({
      total: 1,
      rows: [{ id: 2, classId: oak.id }],
    });
    const image = await open.read.getImage(3 as ImageId);
    expect(Buffer.from(image?.relativePath ?? []).toString()).toBe('2.jpg');
    expect(await errorCode(() => openProject(folder))).toBe('project-in-use');
    await open.close();
    openProject(folder).close();
    await expect(open.read.listClasses()).rejects.toThrow('closed');
  });

  it('passes errors on as what they are, and goes on after one', async () => {
    const { open } = await library(2);
    const labels = [{ imageId: 1 as ImageId, classId: 99 as ClassId }];
    await expect(open.write.setLabels(labels, 'person')).rejects.toMatchObject({ code: 'internal' });
    expect(await open.write.undoLabels()).toBeNull();
    expect(await errorCode(() => openLibrary(join(temporaryFolder(), 'absent')))).toBe('no-such-folder');
  });

  it('writes a label while its readers are busy', async () => {
    const { open } = await library(500);
    const [oak] = await open.write.ensureClasses(['oak']);
    const order: string[] = [];
    const counts = Array.from({ length: 200 }, () => open.read.countImages());
    const counted = Promise.all(counts).then(() => order.push('counted'));
    const label = open.write.setLabels([{ imageId: 1 as ImageId, classId: oak.id }], 'person');
    await Promise.all([counted, label.then(() => order.push('labelled'))]);
    expect(order).toEqual(['labelled', 'counted']);
  });
});

describe('a library in the calling thread', () => {
  it('has the same face: makes a project, writes, refuses by rejecting, and is looked at beside the writer', async () => {
    const folder = join(temporaryFolder(), 'new');
    expect(await errorCode(() => openDirectLibrary(folder))).toBe('no-such-folder');
    const direct = openDirectLibrary(folder, { create: { heldOutFraction: 0.5 } });
    const beside = openDirectLibraryReadOnly(folder);
    expect(beside.pixelsFolder).toBe(join(folder, 'pixels'));
    await direct.write.ensureClasses(['oak']);
    expect(await beside.read.listClasses()).toMatchObject([{ name: 'oak' }]);
    expect(await errorCode(() => direct.read.requireRun('7'))).toBe('run-not-found');
    expect(await errorCode(() => openLibrary(folder))).toBe('project-in-use');
    await direct.close();
    const threaded = await openLibrary(folder);
    onTestFinished(() => threaded.close());
    expect(threaded).toMatchObject({ folder, pixelsFolder: beside.pixelsFolder });
    expect(Object.keys(threaded.read)).toEqual(Object.keys(beside.read));
    await beside.close();
  });
});

describe('images to check an export with', () => {
  it('are spread over those held out, or over all where none are', async () => {
    const none = await library(20, 0);
    const { images: spread, areHeldOut: held } = await none.open.read.spreadImages(3);
    expect([held, ...spread.map(({ id }) => id)]).toEqual([false, 1, 7, 14]);
    const { open } = await library(20);
    const { images, areHeldOut } = await open.read.spreadImages(500);
    expect(areHeldOut).toBe(true);
    expect(images).toHaveLength(2);
    expect(images.every((image) => image.heldOut)).toBe(true);
  });
});
