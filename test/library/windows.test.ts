import { describe, expect, it } from 'vitest';
import { ensureClasses } from '../../main/library/classes.ts';
import { countFilters, countQueries } from '../../main/library/countFilters.ts';
import type { WritableDatabase } from '../../main/library/database.ts';
import { idQueries } from '../../main/library/idLists.ts';
import { listImages, writeImportBatch } from '../../main/library/images.ts';
import { listLabels, setLabels } from '../../main/library/labels.ts';
import { openProjectReadOnly } from '../../main/library/project.ts';
import { setMarks } from '../../main/library/marks.ts';
import { findPosition, listQueryIds, listWindow, windowRowsQuery } from '../../main/library/windows.ts';
import {
  imageSets,
  imageSorts,
  type ImageFilter,
  type ImageQuery,
  type ImageSort,
} from '../../shared/imageWindow.ts';
import type { ClassId, ImageId, ImageRow, RootId } from '../../shared/records.ts';
import { drawHeldOutPool } from '../helpers/drawHeldOutPool.ts';
import { importedImage } from '../helpers/importedImage.ts';
import { emptyProject } from '../helpers/projectWithImages.ts';
import { queryPlan } from '../helpers/queryPlan.ts';

const query = (filter: Partial<ImageFilter> = {}, sort: ImageSort = 'imported'): ImageQuery => ({
  filter: { show: 'all', ...filter },
  sort,
});

/** 60 images of two roots: every 10th unreadable, some missing, noted, labelled, and two of the same bytes. */
function mixedProject() {
  const project = emptyProject();
  const { db } = project;
  db.prepare("INSERT INTO roots (id, folder, added_at) VALUES (2, '/more', 0)").run();
  const images = Array.from({ length: 60 }, (_, i) => {
    const image = importedImage(
      `${i % 3 === 0 ? 'oak' : 'elm'}/IMG_${(i * 37) % 60}.jpg`,
      i,
      `bytes ${i % 58}`,
    );
    const rootId = (i < 40 ? 1 : 2) as RootId;
    const at = { ...image, rootId, mtime: 1000 + ((i * 17) % 30), note: i % 7 === 0 ? 'odd' : null };
    return i % 10 === 9 ? { ...at, state: 'unreadable' as const, slot: null, reason: 'empty' } : at;
  });
  writeImportBatch(db, { images, missing: [] });
  drawHeldOutPool(db);
  writeImportBatch(db, { images: [], missing: [3 as ImageId, 4 as ImageId] });
  const [oak, elm] = ensureClasses(db, ['oak', 'elm', 'yew']);
  const label = (ids: readonly number[], classId: ClassId | null): number =>
    setLabels(
      db,
      ids.map((id) => ({ imageId: id as ImageId, classId })),
      'person',
    );
  label([5, 3, 20], elm.id);
  label([1, 2, 30, 31, 32], oak.id);
  const sixths = images.flatMap((_, i) => (i % 6 === 5 ? [(i + 1) as ImageId] : []));
  setMarks(db, sixths, 'unsure');
  setMarks(db, [7 as ImageId], 'skipped');
  return { project, db, oak: oak.id, elm: elm.id, label };
}

const idsOf = (db: WritableDatabase, filter: Partial<ImageFilter>, sort?: ImageSort): number[] =>
  Array.from(listQueryIds(db, query(filter, sort)));

/** All images with what the filters ask about, by way of the plain queries. */
function everything(db: WritableDatabase) {
  const labels = new Map(listLabels(db).map((label) => [label.imageId, label]));
  return (['ready', 'unreadable', 'missing'] as const)
    .flatMap((state) => listImages(db, state))
    .sort((a, b) => a.id - b.id)
    .map((image) => ({ ...image, label: labels.get(image.id) }));
}

type Everything = ReturnType<typeof everything>[number];

const predicates: Readonly<Record<Exclude<ImageFilter['show'], 'duplicates'>, (row: Everything) => boolean>> =
  {
    all: () => true,
    ready: (row) => row.state === 'ready',
    labelled: (row) => row.label !== undefined,
    unlabeled: (row) => row.state === 'ready' && row.label === undefined,
    training: (row) => row.state === 'ready' && !row.heldOut,
    'held-out': (row) => row.state === 'ready' && row.heldOut,
    unreadable: (row) => row.state === 'unreadable',
    missing: (row) => row.state === 'missing',
    noted: (row) => row.note !== null,
    unsure: (row) => row.id % 6 === 0,
    skipped: (row) => row.id === 7,
  };

const comparers: Readonly<Record<ImageSort, (a: Everything, b: Everything) => number>> = {
  imported: (a, b) => a.id - b.id,
  name: (a, b) => (a.displayName < b.displayName ? -1 : a.displayName > b.displayName ? 1 : a.id - b.id),
  modified: (a, b) => b.mtime - a.mtime || b.id - a.id,
  'newest-label': (a, b) =>
    (b.label?.labelledAt ?? 0) - (a.label?.labelledAt ?? 0) || (a.label ? b.id - a.id : a.id - b.id),
  class: (a, b) => (a.label?.classId ?? 1e9) - (b.label?.classId ?? 1e9) || a.id - b.id,
};

describe('filters and sorts', () => {
  it('list what a plain filter and sort of all rows list, every one with every other', () => {
    const { db, oak } = mixedProject();
    db.exec('UPDATE labels SET labelled_at = labelled_at - 5 WHERE image_id IN (1, 20, 31)');
    const rows = everything(db);
    expect(rows).toHaveLength(60);
    for (const [show, predicate] of Object.entries(predicates)) {
      for (const sort of imageSorts) {
        const wanted = rows.filter(predicate).sort(comparers[sort]);
        const found = idsOf(db, { show: show as ImageFilter['show'] }, sort);
        expect(found, `${show} by ${sort}`).toEqual(wanted.map((row) => row.id));
        const ofOak = wanted.filter((row) => row.label?.classId === oak).map((row) => row.id);
        expect(idsOf(db, { show: show as ImageFilter['show'], classId: oak }, sort)).toEqual(ofOak);
      }
    }
  });

  it('narrow to a root, a folder and a part of the name', () => {
    const { db } = mixedProject();
    const rows = everything(db);
    const those = (test: (row: ImageRow) => boolean): number[] => rows.filter(test).map((row) => row.id);
    const inOak = (row: ImageRow): boolean => row.displayName.startsWith('oak/');
    expect(idsOf(db, { rootId: 2 as RootId })).toEqual(those((row) => row.rootId === 2));
    expect(idsOf(db, { folder: 'oak' })).toEqual(those(inOak));
    expect(idsOf(db, { folder: './oak/', rootId: 1 as RootId })).toEqual(
      those((row) => inOak(row) && row.rootId === 1),
    );
    expect(idsOf(db, { folder: 'oa' })).toEqual([]);
    expect(idsOf(db, { folder: '' })).toHaveLength(60);
    expect(idsOf(db, { text: 'k/img_1' })).toEqual(those((row) => row.displayName.startsWith('oak/IMG_1')));
    expect(idsOf(db, { text: 'img%1' })).toEqual([]);
    expect(idsOf(db, { text: 'IMGx1' })).toEqual([]);
    expect(idsOf(db, { text: '\\' })).toEqual([]);
  });

  it('list the right ids when some numbers are not in use', () => {
    const { db } = mixedProject();
    db.exec('DELETE FROM duplicates; DELETE FROM images WHERE id IN (40, 41)');
    expect(idsOf(db, {})).toEqual(everything(db).map((row) => row.id));
    expect(idsOf(db, { show: 'all' })).toHaveLength(58);
  });
});

describe('windows', () => {
  it('give rows by position, with their labels, and know where an image is', () => {
    const { db, oak, elm } = mixedProject();
    const window = listWindow(db, query({ show: 'labelled' }, 'class'), 4, 3);
    expect(window).toMatchObject({ total: 8, stale: false });
    expect(window.rows.map((row) => [row.id, row.classId, row.labelSource])).toEqual([
      [32, oak, 'person'],
      [3, elm, 'person'],
      [5, elm, 'person'],
    ]);
    expect(window.rows[1]).toMatchObject({ state: 'missing', rootId: 1, displayName: 'elm/IMG_14.jpg' });
    expect(findPosition(db, query({ show: 'labelled' }, 'class'), 5 as ImageId)).toBe(6);
    expect(findPosition(db, query({ show: 'labelled' }), 59 as ImageId)).toBe(-1);
    expect(listWindow(db, query(), 58, 10).rows).toHaveLength(2);
    expect(listWindow(db, query(), 1000, 10)).toMatchObject({ rows: [], total: 60 });
  });

  it('stay in their order when asked to, and say that it is no longer the newest', () => {
    const { db, oak, label } = mixedProject();
    const unlabeled = query({ show: 'unlabeled' });
    const first = listWindow(db, unlabeled, 0, 3);
    label([first.rows[0].id], oak);
    const same = listWindow(db, unlabeled, 0, 3, first.order);
    expect(same).toMatchObject({ stale: true, total: first.total, order: first.order });
    expect(same.rows.map((row) => row.id)).toEqual(first.rows.map((row) => row.id));
    expect(same.rows[0].classId).toBe(oak);
    const fresh = listWindow(db, unlabeled, 0, 3);
    expect(fresh).toMatchObject({ stale: false, total: first.total - 1 });
    expect(fresh.rows[0].id).toBe(first.rows[1].id);
  });

  it('are not made anew by a change that does not concern them', () => {
    const { db, oak, label } = mixedProject();
    const byName = listWindow(db, query({}, 'name'), 0, 1).order;
    label([8], oak);
    expect(listWindow(db, query({}, 'name'), 0, 1)).toMatchObject({ order: byName, stale: false });
    writeImportBatch(db, { images: [importedImage('a-new.jpg', 60)], missing: [] });
    const after = listWindow(db, query({}, 'name'), 0, 1);
    expect(after).toMatchObject({ total: 61, rows: [{ displayName: 'a-new.jpg' }] });
    expect(after.order).not.toBe(byName);
  });

  it('see what another connection writes', () => {
    const { project, oak, label } = mixedProject();
    const reader = openProjectReadOnly(project.folder);
    const before = listWindow(reader.db, query({ show: 'labelled' }), 0, 1).total;
    label([8, 11], oak);
    expect(listWindow(reader.db, query({ show: 'labelled' }), 0, 1).total).toBe(before + 2);
    reader.close();
  });
});

describe('counts', () => {
  it('agree with the lists, for every set and class', () => {
    const { db } = mixedProject();
    const { sets, classes } = countFilters(db);
    for (const show of imageSets) expect(sets[show], show).toBe(idsOf(db, { show }).length);
    expect(classes.map(({ images }) => images)).toEqual([5, 3, 0]);
    for (const { classId, images } of classes) expect(idsOf(db, { classId })).toHaveLength(images);
  });
});

describe('the plans of these queries', () => {
  // The tables of labels and duplicates are read whole in the order of their own key, which is one; `wanted` is an argument.
  const wholeTable = /^SCAN (labels|duplicates|marks|classes|wanted VIRTUAL TABLE INDEX 1:)$/;

  it.each([
    ...Object.entries(idQueries),
    ...Object.entries(countQueries),
    ['rows', windowRowsQuery] as const,
  ])('%s: an index, and no sorting', (_, sql) => {
    const { db } = mixedProject();
    for (const step of queryPlan(db, sql)) {
      expect(step).not.toMatch(/TEMP B-TREE/);
      if (!wholeTable.test(step)) expect(step).toMatch(/USING (COVERING )?INDEX|USING INTEGER PRIMARY KEY/);
    }
  });
});
