import { describe, expect, it } from 'vitest';
import { deleteClass, mergeClasses, previewRemoval, renameClass } from '../../main/library/classChanges.ts';
import {
  changeClass,
  classNames,
  createClass,
  ensureClasses,
  listClasses,
} from '../../main/library/classes.ts';
import { setClassifier } from '../../main/library/classifiers.ts';
import type { WritableDatabase } from '../../main/library/database.ts';
import { writeImportBatch } from '../../main/library/images.ts';
import { redoLabels, undoLabels } from '../../main/library/labelHistory.ts';
import { countLabels, listLabels, setLabels } from '../../main/library/labels.ts';
import { getMark, setMarks } from '../../main/library/marks.ts';
import { recentChanges } from '../../main/library/recentChanges.ts';
import type { ClassId, ImageId } from '../../shared/records.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { importedImage } from '../helpers/importedImage.ts';
import { emptyProject } from '../helpers/projectWithImages.ts';

function labelled() {
  const { db } = emptyProject();
  writeImportBatch(db, { images: [0, 1, 2, 3].map((i) => importedImage(`${i}.jpg`, i)), missing: [] });
  const [oak, elm, yew] = ensureClasses(db, ['oak', 'elm', 'yew']).map(({ id }) => id);
  give(db, [1, 2], oak);
  give(db, [3], elm);
  return { db, oak, elm, yew };
}

const give = (db: WritableDatabase, ids: readonly number[], classId: ClassId | null): number =>
  setLabels(
    db,
    ids.map((id) => ({ imageId: id as ImageId, classId })),
    'person',
  );
const labelsOf = (db: WritableDatabase): (readonly number[])[] =>
  listLabels(db).map(({ imageId, classId }) => [imageId, classId]);
const names = (db: WritableDatabase): string[] => listClasses(db).map(({ name }) => name);

describe('merging and deleting classes', () => {
  it('moves the labels in one step, which undo takes back with the class, its place and its key', () => {
    const { db, oak, elm } = labelled();
    const before = listClasses(db);
    expect(previewRemoval(db, oak)).toEqual({ training: 0, heldOut: 0, classifiers: 0 });
    expect(mergeClasses(db, oak, elm)).toBe(2);
    expect(names(db)).toEqual(['elm', 'yew']);
    expect(labelsOf(db)).toEqual([1, 2, 3].map((id) => [id, elm]));
    expect(countLabels(db).map(({ name }) => name)).toEqual(['elm', 'yew']);
    expect(recentChanges(db, 1)).toMatchObject([
      { kind: 'class', images: 2, classId: elm, renamed: { from: 'oak', to: null } },
    ]);
    expect(undoLabels(db)?.classes).toEqual([oak]);
    expect(listClasses(db)).toEqual(before);
    expect(labelsOf(db)).toEqual([
      [1, oak],
      [2, oak],
      [3, elm],
    ]);
    redoLabels(db);
    expect(names(db)).toEqual(['elm', 'yew']);
    expect(labelsOf(db)).toEqual([1, 2, 3].map((id) => [id, elm]));
  });

  it('leaves the class to classifiers that know it, and takes no label for it any more', async () => {
    const { db, oak, elm } = labelled();
    db.exec(`INSERT INTO runs (id, kind, encoder, settings, state, total_steps, done_steps, started_at)
             VALUES (1, 'probe', 'resnet18', '{}', 'done', 1, 1, 0)`);
    setClassifier(db, { runId: 1 as never, path: 'x', classIds: [oak, elm], imageSize: 8 });
    expect(previewRemoval(db, oak).classifiers).toBe(1);
    deleteClass(db, oak);
    expect(labelsOf(db)).toEqual([[3, elm]]);
    expect(classNames(db, [oak, elm])).toEqual(['oak', 'elm']);
    expect(await errorCode(() => give(db, [4], oak))).toBe('no-such-class');
    expect(await errorCode(() => mergeClasses(db, elm, oak))).toBe('no-such-class');
    // Made again it is the class that it was.
    expect(createClass(db, 'oak').id).toBe(oak);
    expect(labelsOf(db)).toEqual([[3, elm]]);
  });
});

describe('names, looks and keys', () => {
  it('lets a class be renamed, also to the name of one that is gone, and takes it back', async () => {
    const { db, oak, elm, yew } = labelled();
    expect(await errorCode(() => renameClass(db, oak, 'elm'))).toBe('class-name-taken');
    expect(await errorCode(() => createClass(db, 'elm'))).toBe('class-name-taken');
    deleteClass(db, yew);
    renameClass(db, oak, 'yew');
    expect(names(db)).toEqual(['yew', 'elm']);
    expect(new Set(classNames(db, [oak, elm, yew])).size).toBe(3);
    undoLabels(db);
    expect(names(db)).toEqual(['oak', 'elm']);
    undoLabels(db);
    expect(names(db)).toHaveLength(3);
  });

  it('gives digits, then digits with Shift, then none; a key that is taken is swapped', () => {
    const { db, oak, elm } = labelled();
    ensureClasses(
      db,
      Array.from({ length: 18 }, (_, i) => `more ${i}`),
    );
    const keys = listClasses(db).map(({ key }) => key);
    expect([keys[0], keys[9], keys[10], keys[19], keys[20]]).toEqual(['1', '0', 'Shift+1', 'Shift+0', null]);
    changeClass(db, oak, { key: '2', colour: 5 });
    expect(listClasses(db).slice(0, 2)).toMatchObject([
      { id: oak, key: '2', colour: 5, shape: null },
      { id: elm, key: '1' },
    ]);
    deleteClass(db, elm);
    expect(createClass(db, 'fir')).toMatchObject({ position: 1, key: '1' });
  });
});

describe('marks', () => {
  it('go with a label and come back with its undoing, in one history', () => {
    const { db, oak } = labelled();
    const four = 4 as ImageId;
    expect(setMarks(db, [four, four], 'unsure')).toBe(1);
    expect(setMarks(db, [four], 'unsure')).toBe(0);
    give(db, [4], oak);
    expect(getMark(db, four)).toBeNull();
    expect(recentChanges(db, 2)).toMatchObject([
      { kind: 'labels', imageId: 4, classId: oak },
      { kind: 'marks', imageId: 4, mark: 'unsure' },
    ]);
    expect(undoLabels(db)).toMatchObject({ labels: [{ classId: null }], marks: [{ mark: 'unsure' }] });
    expect(getMark(db, four)).toBe('unsure');
    undoLabels(db);
    expect(getMark(db, four)).toBeNull();
    redoLabels(db);
    redoLabels(db);
    expect(getMark(db, four)).toBeNull();
    expect(labelsOf(db)).toHaveLength(4);
  });
});
