import { describe, expect, it } from 'vitest';
import { ensureClasses } from '../../main/library/classes.ts';
import type { WritableDatabase } from '../../main/library/database.ts';
import { writeImportBatch } from '../../main/library/images.ts';
import { redoLabels, undoLabels } from '../../main/library/labelHistory.ts';
import { listLabels, setLabels } from '../../main/library/labels.ts';
import { recentChanges } from '../../main/library/recentChanges.ts';
import { openProject } from '../../main/library/project.ts';
import { getRevisions } from '../../main/library/revisions.ts';
import type { ClassId, ImageId } from '../../shared/records.ts';
import { importedImage } from '../helpers/importedImage.ts';
import { emptyProject } from '../helpers/projectWithImages.ts';

function someImages(count = 6) {
  const project = emptyProject();
  const { db } = project;
  writeImportBatch(db, {
    images: Array.from({ length: count }, (_, i) => importedImage(`${i}.jpg`, i)),
    missing: [],
  });
  const [oak, elm] = ensureClasses(db, ['oak', 'elm']);
  return { project, db, oak: oak.id, elm: elm.id };
}

const give = (db: WritableDatabase, images: readonly number[], classId: ClassId | null): number =>
  setLabels(
    db,
    images.map((id) => ({ imageId: id as ImageId, classId })),
    'person',
  );

/** Image and class of every label, with where and when it came from. */
const state = (db: WritableDatabase): string => JSON.stringify(listLabels(db));

describe('the history of labels', () => {
  it('undoes every action to the first and does all of them again, each label as it was', () => {
    const { db, oak, elm } = someImages();
    const states = [state(db)];
    const act = (images: readonly number[], classId: ClassId | null): void => {
      give(db, images, classId);
      states.push(state(db));
    };
    act([1, 2, 3], oak);
    act([2], elm);
    act([1, 3], null);
    act([2, 4], oak);
    for (let i = states.length - 2; i >= 0; i--) {
      expect(undoLabels(db)?.changeId).toBe(i + 1);
      expect(state(db)).toBe(states[i]);
    }
    expect(undoLabels(db)).toBeNull();
    for (const wanted of states.slice(1)) {
      expect(redoLabels(db)).not.toBeNull();
      expect(state(db)).toBe(wanted);
    }
    expect(redoLabels(db)).toBeNull();
  });

  it('says what an undone action leaves on each image, also where it named one twice', () => {
    const { db, oak, elm } = someImages();
    give(db, [1], oak);
    setLabels(
      db,
      [
        { imageId: 1 as ImageId, classId: elm },
        { imageId: 1 as ImageId, classId: null },
        { imageId: 2 as ImageId, classId: elm },
      ],
      'csv',
    );
    const labels = undoLabels(db)?.labels ?? [];
    expect(new Map(labels.map((each) => [each.imageId, each.classId]))).toEqual(
      new Map<number, ClassId | null>([
        [1, oak],
        [2, null],
      ]),
    );
    expect(listLabels(db)).toMatchObject([{ imageId: 1, classId: oak, source: 'person' }]);
    redoLabels(db);
    expect(listLabels(db)).toMatchObject([{ imageId: 2, classId: elm, source: 'csv' }]);
  });

  it('drops what was undone with the next change, but not with one that changes nothing', () => {
    const { db, oak, elm } = someImages();
    give(db, [1], oak);
    give(db, [2], oak);
    undoLabels(db);
    expect(give(db, [1], oak)).toBe(0);
    expect(recentChanges(db, 9).map((change) => change.undone)).toEqual([true, false]);
    give(db, [3], elm);
    expect(redoLabels(db)).toBeNull();
    expect(listLabels(db)).toMatchObject([{ imageId: 1 }, { imageId: 3, classId: elm }]);
    undoLabels(db);
    undoLabels(db);
    expect(listLabels(db)).toEqual([]);
  });

  it('lists the last changes, the newest first', () => {
    const { db, oak, elm } = someImages();
    give(db, [1, 2], oak);
    give(db, [2], null);
    setLabels(
      db,
      [
        { imageId: 4 as ImageId, classId: oak },
        { imageId: 5 as ImageId, classId: elm },
      ],
      'csv',
    );
    expect(recentChanges(db, 2)).toMatchObject([
      { changeId: 3, images: 2, classId: null, source: 'csv', undone: false },
      { changeId: 2, images: 1, classId: null, source: 'person' },
    ]);
    expect(recentChanges(db, 9)[2]).toMatchObject({ changeId: 1, images: 2, classId: oak });
  });

  it('goes on after a restart, in both directions', () => {
    const { project, db, oak, elm } = someImages();
    const { folder } = project;
    give(db, [1], oak);
    give(db, [1], elm);
    undoLabels(db);
    const open = <T>(act: (db: WritableDatabase) => T): T => {
      const project = openProject(folder);
      const result = act(project.db);
      project.close();
      return result;
    };
    project.close();
    open((again) => expect(redoLabels(again)?.labels).toEqual([{ imageId: 1, classId: elm }]));
    open((again) => {
      undoLabels(again);
      undoLabels(again);
      expect(listLabels(again)).toEqual([]);
    });
  });

  it('takes back ten thousand labels at once', () => {
    const { db, oak } = someImages(10_000);
    give(
      db,
      Array.from({ length: 10_000 }, (_, i) => i + 1),
      oak,
    );
    expect(undoLabels(db)?.labels).toHaveLength(10_000);
    expect(listLabels(db)).toEqual([]);
  });

  it('counts the revision of labels up with each change, and no other', () => {
    const { db, oak } = someImages();
    const start = getRevisions(db);
    give(db, [1], oak);
    give(db, [1], oak);
    undoLabels(db);
    expect(getRevisions(db)).toEqual({ images: start.images, labels: start.labels + 2 });
    writeImportBatch(db, { images: [importedImage('new.jpg', 7)], missing: [] });
    expect(getRevisions(db).images).toBe(start.images + 1);
  });
});
