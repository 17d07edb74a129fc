import { describe, expect, it, vi } from 'vitest';
import type { WritableDatabase } from '../../main/library/database.ts';
import { planFollowers } from '../../main/library/heldOutPlan.ts';
import { followDuplicates, holdOutRoots } from '../../main/library/heldOutPool.ts';
import {
  countImages,
  findImages,
  getImage,
  listImages,
  listTrainingSlots,
  slotsInUse,
  writeImportBatch,
} from '../../main/library/images.ts';
import { ensureRoots, listRoots } from '../../main/library/roots.ts';
import type { ImageId, RootId } from '../../shared/records.ts';
import { groupDuplicates } from '../helpers/groupDuplicates.ts';
import { drawHeldOutPool } from '../helpers/drawHeldOutPool.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { importedImage } from '../helpers/importedImage.ts';
import { emptyProject } from '../helpers/projectWithImages.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

function manyImages(count: number, prefix = 'image', firstSlot = 0) {
  return Array.from({ length: count }, (_, i) => importedImage(`${prefix}${i}.jpg`, firstSlot + i));
}

function flipLastBit(hash: string): string {
  return hash.slice(0, 15) + (parseInt(hash.slice(15), 16) ^ 1).toString(16);
}

describe('images', () => {
  it('come back as they were written, odd bytes in the name included', () => {
    const { db } = emptyProject();
    const odd = { ...importedImage('x', 4), relativePath: Buffer.from([0x61, 0xff, 0xfe, 0x2e, 0x6a]) };
    writeImportBatch(db, { images: [odd], missing: [] });
    const [image] = listImages(db, 'ready');
    expect(image).toMatchObject({ ...odd, relativePath: expect.anything() as unknown });
    expect([...image.relativePath]).toEqual([0x61, 0xff, 0xfe, 0x2e, 0x6a]);
    expect(slotsInUse(db)).toBe(5);
    expect(getImage(db, 99 as ImageId)).toBeNull();
  });

  it('take bytes from any Uint8Array, as they come from another process', () => {
    const { db } = emptyProject();
    const backing = Uint8Array.from(Buffer.from('..a.jpg..'));
    writeImportBatch(db, {
      images: [{ ...importedImage('a.jpg', 0), relativePath: backing.subarray(2, 7) }],
      missing: [],
    });
    expect(findImages(db, 'a.jpg')).toHaveLength(1);
  });

  it('keep their id when the file changes, and are written all or not at all', () => {
    const { db } = emptyProject();
    writeImportBatch(db, { images: [importedImage('a.jpg', 0)], missing: [] });
    const [before] = listImages(db, 'ready');
    writeImportBatch(db, { images: [importedImage('a.jpg', 1, 'other bytes')], missing: [] });
    expect(listImages(db, 'ready')).toMatchObject([{ id: before.id, slot: 1 }]);

    const bad = { ...importedImage('c.jpg', 3), state: 'nonsense' as 'ready' };
    expect(() => writeImportBatch(db, { images: [importedImage('b.jpg', 2), bad], missing: [] })).toThrow();
    expect(countImages(db).ready).toBe(1);
  });

  it('are counted by state; those gone or unreadable are not trained on', () => {
    const { db } = emptyProject({ heldOutFraction: 0 });
    const unreadable = {
      ...importedImage('bad.jpg', 0),
      state: 'unreadable' as const,
      slot: null,
      reason: 'it is empty',
    };
    writeImportBatch(db, {
      images: [...manyImages(3), importedImage('twin.jpg', 2, 'image2.jpg'), unreadable],
      missing: [],
    });
    drawHeldOutPool(db);
    const first = listImages(db, 'ready')[0];
    writeImportBatch(db, { images: [], missing: [first.id] });
    expect(countImages(db)).toEqual({ ready: 3, unreadable: 1, missing: 1, heldOut: 0, distinct: 2 });
    expect([...listTrainingSlots(db)]).toEqual([1, 2]);
    expect(listImages(db, 'unreadable')[0].reason).toBe('it is empty');
  });

  it('are found by the path that a person writes', () => {
    const { db } = emptyProject();
    db.prepare("INSERT INTO roots (id, folder, added_at) VALUES (2, '/more', 0)").run();
    const inMore = { ...importedImage('oak/1.jpg', 1), rootId: listRoots(db)[1].id };
    writeImportBatch(db, { images: [importedImage('oak/1.jpg', 0), inMore], missing: [] });
    const roots = (path: string) => findImages(db, path).map((image) => image.rootId);
    expect(roots('oak/1.jpg')).toEqual([1, 2]);
    expect(roots('./oak/1.jpg')).toEqual([1, 2]);
    expect(roots('oak\\1.jpg')).toEqual([1, 2]);
    expect(roots('/more/oak/1.jpg')).toEqual([2]);
    expect(roots('oak/2.jpg')).toEqual([]);
  });
});

describe('roots', () => {
  it('are added once, whatever way they are written', async () => {
    const { db } = emptyProject();
    const folder = temporaryFolder();
    const [a] = ensureRoots(db, [folder, `${folder}/.`]);
    expect(ensureRoots(db, [folder])).toEqual([a]);
    expect(listRoots(db)).toHaveLength(2);
    expect(await errorCode(() => ensureRoots(db, [folder, `${folder}/absent`]))).toBe('no-such-folder');
  });
});

describe('the held-out pool', () => {
  const heldOut = (db: Parameters<typeof listImages>[0]) =>
    listImages(db, 'ready')
      .filter((image) => image.heldOut)
      .map((image) => image.displayName);

  it('is the wanted share exactly, the same for the same seed, another for another', () => {
    const draw = (seed: string) => {
      const { db } = emptyProject({ seed });
      writeImportBatch(db, { images: manyImages(200), missing: [] });
      expect(drawHeldOutPool(db)).toBe(20);
      expect(listTrainingSlots(db)).toHaveLength(180);
      return heldOut(db);
    };
    const first = draw('a');
    expect(first).toHaveLength(20);
    expect(draw('a')).toEqual(first);
    expect(draw('b')).not.toEqual(first);
  });

  it('is not trained on before it is drawn, and is drawn when a project is opened', () => {
    const { db } = emptyProject();
    writeImportBatch(db, { images: manyImages(20), missing: [] });
    expect(listTrainingSlots(db)).toHaveLength(0);
    expect(listImages(db, 'ready').every((image) => image.heldOut)).toBe(true);
    drawHeldOutPool(db);
    expect(listTrainingSlots(db)).toHaveLength(18);
  });

  it('changes nothing about earlier images when more come, and takes its share of the new ones', () => {
    const { db } = emptyProject();
    writeImportBatch(db, { images: manyImages(100), missing: [] });
    drawHeldOutPool(db);
    const first = heldOut(db);
    writeImportBatch(db, { images: manyImages(50, 'more', 100), missing: [] });
    expect(drawHeldOutPool(db)).toBe(5);
    expect(heldOut(db).filter((name) => name.startsWith('image'))).toEqual(first);
    expect(heldOut(db)).toHaveLength(15);
  });

  it('keeps images of the same bytes together, those that come later too', () => {
    const { db } = emptyProject({ seed: 'twins', heldOutFraction: 0.5 });
    const twins = manyImages(40).flatMap((image, i) => [
      image,
      importedImage(`twin${i}.jpg`, i, image.displayName),
    ]);
    writeImportBatch(db, { images: twins, missing: [] });
    drawHeldOutPool(db);
    const late = manyImages(40).map((image, i) => importedImage(`late${i}.jpg`, i, image.displayName));
    writeImportBatch(db, { images: late, missing: [] });
    drawHeldOutPool(db);
    const numbers = (prefix: string) =>
      heldOut(db)
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.replace(prefix, ''))
        .sort();
    expect(numbers('image')).toHaveLength(20);
    expect(numbers('twin')).toEqual(numbers('image'));
    expect(numbers('late')).toEqual(numbers('image'));
  });

  it('keeps near duplicates together, those that come later too', () => {
    const { db } = emptyProject({ seed: 'near', heldOutFraction: 0.3 });
    const near = (prefix: string, firstSlot: number, digit: string) =>
      manyImages(40, prefix, firstSlot).map((image, i) => {
        const look = importedImage(`image${i}`, 0).perceptualHash ?? '';
        return { ...image, perceptualHash: look.slice(0, 15) + digit };
      });
    writeImportBatch(db, { images: [...near('image', 0, '0'), ...near('small', 40, '1')], missing: [] });
    groupDuplicates(db);
    expect(drawHeldOutPool(db)).toBe(24);
    writeImportBatch(db, { images: near('late', 80, '2'), missing: [] });
    groupDuplicates(db);
    expect(drawHeldOutPool(db)).toBe(12);
    const numbers = (prefix: string) =>
      heldOut(db)
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.replace(prefix, ''));
    expect(numbers('image')).toHaveLength(12);
    expect(numbers('small')).toEqual(numbers('image'));
    expect(numbers('late')).toEqual(numbers('image'));
  });

  it('takes all that is new of a test folder, but nothing that is in training already', () => {
    const { db } = emptyProject({ seed: 's', heldOutFraction: 0 });
    writeImportBatch(db, { images: manyImages(4), missing: [] });
    drawHeldOutPool(db);
    db.prepare("INSERT INTO roots (id, folder, added_at) VALUES (2, '/test', 0)").run();
    const inTest = (image: ReturnType<typeof importedImage>) => ({ ...image, rootId: 2 as RootId });
    const copy = inTest(importedImage('copy.jpg', 0, 'image0.jpg'));
    const look = importedImage('image1.jpg', 1).perceptualHash ?? '';
    const near = inTest({ ...importedImage('near.jpg', 7), perceptualHash: flipLastBit(look) });
    writeImportBatch(db, { images: [...manyImages(3, 'test', 4).map(inTest), copy, near], missing: [] });
    groupDuplicates(db);
    followDuplicates(db, planFollowers(db));
    expect(holdOutRoots(db, [2 as RootId], 0 as ImageId, 2)).toBe(6);
    holdOutRoots(db, [2 as RootId], 6 as ImageId, 2);
    drawHeldOutPool(db);
    expect(heldOut(db)).toEqual(['test0.jpg', 'test1.jpg', 'test2.jpg']);
    expect(listTrainingSlots(db)).toHaveLength(5);
  });

  it('has at most 2,000 images', () => {
    const { db } = emptyProject({ seed: 's', heldOutFraction: 0.5 });
    writeImportBatch(db, { images: manyImages(3000), missing: [] });
    expect(drawHeldOutPool(db)).toBe(1500);
    writeImportBatch(db, { images: manyImages(3000, 'more', 3000), missing: [] });
    expect(drawHeldOutPool(db)).toBe(500);
    writeImportBatch(db, { images: manyImages(10, 'last', 6000), missing: [] });
    expect(drawHeldOutPool(db)).toBe(0);
  });
});

/** Undecided contents are sorted when they are asked for, once an import: an index in their order would cost more. */
const isSorted = (sql: string): boolean => sql.includes('INDEXED BY images_undecided');

describe('query plans', () => {
  it('use an index wherever the table of images is read in part', () => {
    const { db } = emptyProject();
    writeImportBatch(db, { images: manyImages(20), missing: [] });
    const statements = recordStatements(db, () => {
      drawHeldOutPool(db);
      listTrainingSlots(db);
      slotsInUse(db);
      findImages(db, 'image1.jpg');
      countImages(db);
      listImages(db, 'unreadable');
    });
    const onImages = statements.filter((sql) => / images\b/.test(sql));
    expect(onImages.length).toBeGreaterThanOrEqual(9);
    for (const sql of onImages) {
      const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...sql.replace(/[^?]/g, '')) as {
        detail: string;
      }[];
      for (const { detail } of plan)
        expect(detail, sql).not.toMatch(
          isSorted(sql) ? /^SCAN images$/ : /^SCAN images$|TEMP B-TREE FOR GROUP BY/,
        );
    }
  });
});

/** The texts of the statements that `act` has compiled. */
function recordStatements(db: WritableDatabase, act: () => void): readonly string[] {
  const prepare = vi.spyOn(db, 'prepare');
  act();
  const texts = prepare.mock.calls.map(([sql]) => sql);
  prepare.mockRestore();
  return texts;
}
