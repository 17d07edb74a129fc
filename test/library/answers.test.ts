import { beforeEach, describe, expect, it } from 'vitest';
import { confirmLabels } from '../../main/library/confirmedLabels.ts';
import { openWritable, type WritableDatabase } from '../../main/library/database.ts';
import {
  getEmbeddings,
  latestEmbeddings,
  listReadySlots,
  setEmbeddings,
} from '../../main/library/embeddings.ts';
import { setLabels } from '../../main/library/labels.ts';
import { migrate } from '../../main/library/migrate.ts';
import {
  listConfusionCell,
  listMistakes,
  listPredictions,
  setPredictions,
} from '../../main/library/predictions.ts';
import { readSuggestionPool } from '../../main/library/suggestionPool.ts';
import type { ClassId, ImageId, RunId } from '../../shared/records.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

const [oak, elm] = [1, 2] as ClassId[];
const [first, second] = [1, 2] as RunId[];

let db: WritableDatabase;
beforeEach(() => {
  const folder = temporaryFolder();
  db = openWritable(`${folder}/project.db`);
  migrate(db, folder);
  db.exec(`
    INSERT INTO roots (id, folder, added_at) VALUES (1, '/photos', 0);
    INSERT INTO images (id, root_id, relative_path, display_name, byte_size, mtime, width, height, state, slot, held_out)
      VALUES (1, 1, x'61', 'a', 1, 1, 1, 1, 'ready', 4, 0), (2, 1, x'62', 'b', 1, 1, 1, 1, 'ready', 0, 1),
             (3, 1, x'63', 'c', 1, 1, 1, 1, 'ready', 4, 0), (4, 1, x'64', 'd', 1, 1, 1, 1, 'unreadable', NULL, NULL),
             (5, 1, x'65', 'e', 1, 1, 1, 1, 'ready', 5, NULL);
    INSERT INTO duplicates (image_id, group_id, kind) VALUES (1, 1, 'exact'), (3, 1, 'exact');
    INSERT INTO classes (id, name) VALUES (1, 'oak'), (2, 'elm');
    INSERT INTO runs (id, kind, encoder, settings, state, total_steps, done_steps, started_at)
      VALUES (1, 'pretrain', 'resnet18', '{}', 'done', 1, 1, 0), (2, 'probe', 'resnet18', '{}', 'done', 1, 1, 0);`);
});

describe('embeddings', () => {
  it('has one set a run: the newest, and tells which file it leaves behind', () => {
    const set = { runId: first, step: 10, path: 'embeddings/a', count: 3, dimension: 4 };
    expect(latestEmbeddings(db)).toBeNull();
    expect(setEmbeddings(db, set)).toBeNull();
    expect(setEmbeddings(db, set)).toBeNull();
    expect(setEmbeddings(db, { ...set, step: 20, path: 'embeddings/b' })).toBe('embeddings/a');
    expect(getEmbeddings(db, first)).toMatchObject({ step: 20, path: 'embeddings/b' });
    expect(getEmbeddings(db, second)).toBeNull();
    expect(latestEmbeddings(db)?.runId).toBe(1);
  });

  it('is of every slot of a ready image, once', () => {
    expect([...listReadySlots(db)]).toEqual([0, 4, 5]);
  });
});

describe('readSuggestionPool', () => {
  it('has a row for each image that is ready and decided, with its label and its group', () => {
    setLabels(db, [{ imageId: 3 as ImageId, classId: elm }], 'person');
    const pool = readSuggestionPool(db);
    expect(Object.values(pool).map((column) => [...(column as Int32Array)])).toEqual([
      [1, 2, 3],
      [4, 0, 4],
      [0, 1, 0],
      [0, 0, 2],
      [1, 2, 1],
    ]);
  });
});

describe('predictions', () => {
  const given = (imageId: number, label: ClassId, answer: ClassId, confidence: number) => ({
    imageId: imageId as ImageId,
    labelClassId: label,
    answerClassId: answer,
    confidence,
  });

  it('lists the images behind a cell, and confident mistakes first', () => {
    const labels = [1, 2, 3].map((id) => ({ imageId: id as ImageId, classId: oak }));
    setLabels(db, labels, 'person');
    setPredictions(db, second, 'held-out', [
      given(1, oak, elm, 0.6),
      given(2, oak, oak, 0.9),
      given(3, oak, elm, 0.8),
    ]);
    expect(listConfusionCell(db, second, oak, elm).map(({ imageId }) => imageId)).toEqual([3, 1]);
    expect(listConfusionCell(db, second, elm, oak)).toEqual([]);
    expect(listMistakes(db, second).map(({ imageId, confidence }) => [imageId, confidence])).toEqual([
      [3, 0.8],
      [1, 0.6],
    ]);
  });

  it('leaves out of the mistakes what was labelled anew since, and says so in the cell', () => {
    setLabels(db, [{ imageId: 1 as ImageId, classId: oak }], 'person');
    setPredictions(db, second, 'cross-validation', [given(1, oak, elm, 0.6)]);
    setLabels(db, [{ imageId: 1 as ImageId, classId: elm }], 'person');
    expect(listMistakes(db, second)).toEqual([]);
    expect(listConfusionCell(db, second, oak, elm)[0]).toMatchObject({
      labelNow: elm,
      on: 'cross-validation',
    });
  });

  it('leaves out labels that were confirmed, for as long as they stay what they were', () => {
    const label = (classId: ClassId): void =>
      void setLabels(db, [{ imageId: 1 as ImageId, classId }], 'person');
    label(oak);
    setPredictions(db, second, 'held-out', [given(1, oak, elm, 0.6)]);
    confirmLabels(db, [1, 5] as ImageId[], true);
    expect(listMistakes(db, second)).toEqual([]);
    confirmLabels(db, [1] as ImageId[], false);
    expect(listMistakes(db, second)).toMatchObject([{ imageId: 1, displayName: 'a' }]);
    label(elm);
    confirmLabels(db, [1] as ImageId[], true);
    label(oak);
    expect(listMistakes(db, second)).toHaveLength(1);
  });

  it('keeps the last measurement of a run alone', () => {
    setPredictions(db, second, 'cross-validation', [given(1, oak, elm, 0.6), given(2, oak, oak, 0.9)]);
    setPredictions(db, second, 'held-out', [given(2, oak, oak, 1)]);
    expect(listPredictions(db, second)).toHaveLength(1);
  });
});
