import { describe, expect, it } from 'vitest';
import { classNames, ensureClasses, listClasses } from '../../main/library/classes.ts';
import type { WritableDatabase } from '../../main/library/database.ts';
import { labelByName } from '../../main/library/labelByName.ts';
import { listImages, writeImportBatch } from '../../main/library/images.ts';
import { undoLabels } from '../../main/library/labelHistory.ts';
import {
  countLabels,
  getLabel,
  listLabelledSlots,
  listLabels,
  setLabels,
} from '../../main/library/labels.ts';
import type { ClassId, ImageId } from '../../shared/records.ts';
import { drawHeldOutPool } from '../helpers/drawHeldOutPool.ts';
import { importedImage } from '../helpers/importedImage.ts';
import { emptyProject } from '../helpers/projectWithImages.ts';

function tenImages(): { db: WritableDatabase; ids: readonly ImageId[]; oak: ClassId; elm: ClassId } {
  const { db } = emptyProject();
  const images = Array.from({ length: 10 }, (_, i) => importedImage(`${i}.jpg`, i));
  writeImportBatch(db, { images, missing: [] });
  drawHeldOutPool(db);
  const [oak, elm] = ensureClasses(db, ['oak', 'elm']);
  return { db, ids: listImages(db, 'ready').map((image) => image.id), oak: oak.id, elm: elm.id };
}

describe('classes', () => {
  it('keep the order in which they were made', () => {
    const { db } = emptyProject();
    ensureClasses(db, ['yew', 'ash']);
    const rows = ensureClasses(db, ['ash', 'beech', 'ash']);
    expect(rows.map((row) => row.name)).toEqual(['ash', 'beech']);
    expect(listClasses(db).map((row) => row.name)).toEqual(['yew', 'ash', 'beech']);
    expect(classNames(db, [rows[1].id, rows[0].id])).toEqual(['beech', 'ash']);
    expect(() => classNames(db, [99 as ClassId])).toThrow('no class 99');
  });
});

describe('labels by the names of classes', () => {
  it('are one action with the labels that they replace, and bring no class when they fail', () => {
    const { db, ids, oak } = tenImages();
    setLabels(db, [{ imageId: ids[9], classId: oak }], 'person');
    const named = ['yew', 'ash', 'yew'].map((className, i) => ({ imageId: ids[i], className }));
    const options = { source: 'csv', replace: true } as const;
    expect(labelByName(db, named, options)).toEqual({ changed: 4, removed: 1 });
    expect(listClasses(db).map((row) => row.name)).toEqual(['oak', 'elm', 'ash', 'yew']);
    undoLabels(db);
    expect(listLabels(db)).toMatchObject([{ imageId: ids[9], classId: oak }]);

    const failing = [...named, { imageId: 99 as ImageId, className: 'fir' }];
    expect(() => labelByName(db, failing, options)).toThrow();
    expect(listClasses(db)).toHaveLength(4);
    expect(listLabels(db)).toHaveLength(1);
  });
});

describe('labels', () => {
  it('are set, changed and taken away, and say how many changed', () => {
    const { db, ids, oak, elm } = tenImages();
    const first = [0, 1, 2].map((i) => ({ imageId: ids[i], classId: oak }));
    expect(setLabels(db, first, 'folder')).toBe(3);
    expect(setLabels(db, first, 'person')).toBe(0);
    expect(
      setLabels(
        db,
        [
          { imageId: ids[0], classId: elm },
          { imageId: ids[1], classId: null },
        ],
        'person',
      ),
    ).toBe(2);
    expect(listLabels(db)).toMatchObject([
      { imageId: ids[0], classId: elm, source: 'person' },
      { imageId: ids[2], classId: oak, source: 'folder' },
    ]);
    expect(getLabel(db, ids[1])).toBeNull();
  });

  it('leave their history, one number an action', () => {
    const { db, ids, oak, elm } = tenImages();
    setLabels(
      db,
      [
        { imageId: ids[0], classId: oak },
        { imageId: ids[1], classId: oak },
      ],
      'csv',
    );
    setLabels(db, [{ imageId: ids[0], classId: elm }], 'person');
    const sql =
      'SELECT change_id, image_id, old_class_id, old_source, new_class_id FROM label_history ORDER BY id';
    expect(db.prepare(sql).raw().all()).toEqual([
      [1, ids[0], null, null, oak],
      [1, ids[1], null, null, oak],
      [2, ids[0], oak, 'csv', elm],
    ]);
  });

  it('are written all or not at all', () => {
    const { db, ids, oak } = tenImages();
    const bad = [
      { imageId: ids[0], classId: oak },
      { imageId: ids[1], classId: 99 as ClassId },
    ];
    expect(() => setLabels(db, bad, 'person')).toThrow('FOREIGN KEY');
    expect(listLabels(db)).toEqual([]);
    expect(db.prepare('SELECT count(*) FROM label_history').pluck().get()).toBe(0);
  });

  it('are counted a class, held-out images apart, those that are gone left out', () => {
    const { db, ids, oak } = tenImages();
    setLabels(
      db,
      ids.map((imageId) => ({ imageId, classId: oak })),
      'folder',
    );
    const gone = listImages(db, 'ready').find((image) => !image.heldOut);
    writeImportBatch(db, { images: [], missing: gone === undefined ? [] : [gone.id] });
    expect(countLabels(db)).toMatchObject([
      { name: 'oak', training: 8, heldOut: 1 },
      { name: 'elm', training: 0, heldOut: 0 },
    ]);
    const slots = listLabelledSlots(db);
    expect(slots).toHaveLength(9);
    expect(slots.filter((slot) => slot.heldOut)).toHaveLength(1);
    expect(slots.map((slot) => slot.imageId)).not.toContain(gone?.id);
  });
});
