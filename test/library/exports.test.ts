import { expect, it } from 'vitest';
import { addExport, forgetExport, listExports } from '../../main/library/exports.ts';
import { emptyProject } from '../helpers/projectWithImages.ts';
import type { ExportFacts } from '../../shared/exports.ts';

const facts: ExportFacts = { kind: 'labels', format: 'csv', labels: 3, skipped: 0, skippedFirst: [] };

it('lists what was exported, newest first, each path once, until it is forgotten', () => {
  const { db } = emptyProject();
  addExport(db, { runId: null, path: 'exports/a.csv', facts });
  addExport(db, { runId: null, path: '/elsewhere/b.csv', facts: { ...facts, labels: 4 } });
  addExport(db, { runId: null, path: 'exports/a.csv', facts: { ...facts, labels: 5 } });
  const [newest, older] = listExports(db);
  expect(newest).toMatchObject({ path: 'exports/a.csv', facts: { labels: 5 } });
  expect(older).toMatchObject({ path: '/elsewhere/b.csv', facts: { labels: 4 } });
  forgetExport(db, newest.id);
  expect(listExports(db)).toHaveLength(1);
});
