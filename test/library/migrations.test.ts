import type Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openWritable, type WritableDatabase } from '../../main/library/database.ts';
import { listExports } from '../../main/library/exports.ts';
import { hasUndecided } from '../../main/library/heldOutPool.ts';
import { redoLabels, undoLabels } from '../../main/library/labelHistory.ts';
import { listLabels } from '../../main/library/labels.ts';
import { currentVersion, migrate, migrations } from '../../main/library/migrate.ts';
import { keepReportCell, listReportCells } from '../../main/library/reportCells.ts';
import { getRevisions } from '../../main/library/revisions.ts';
import { initialiseSettings } from '../../main/library/settings.ts';
import { groupDuplicates } from '../helpers/groupDuplicates.ts';
import { drawHeldOutPool } from '../helpers/drawHeldOutPool.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

/** A database as the program of that version left it, with these rows. */
function projectOf(version: number, rows: string): WritableDatabase {
  const folder = temporaryFolder();
  const db = openWritable(`${folder}/project.db`);
  migrate(
    db,
    folder,
    migrations.filter((step) => step.version <= version),
  );
  db.exec(rows);
  return db;
}

/** The tables and indexes without the order in which they came. */
function schemaOf(db: Database.Database): unknown {
  return db
    .prepare("SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2")
    .all();
}

describe('migrations', () => {
  it('have versions that grow by tens', () => {
    const versions = migrations.map((step) => step.version);
    expect(versions).toEqual(versions.map((_, i) => (i + 1) * 10));
    expect(currentVersion).toBe(versions.at(-1));
  });

  it('0020: labels and their history are kept, and can be undone afterwards', () => {
    const db = projectOf(
      10,
      `INSERT INTO roots (id, folder, added_at) VALUES (1, '/photos', 0);
       INSERT INTO images (id, root_id, relative_path, display_name, byte_size, mtime, width, height, state)
         VALUES (1, 1, x'61', 'a', 1, 1, 1, 1, 'ready');
       INSERT INTO classes (id, name) VALUES (1, 'oak'), (2, 'elm');
       INSERT INTO labels (image_id, class_id, source, labelled_at) VALUES (1, 2, 'person', 20);
       INSERT INTO label_history (change_id, image_id, new_class_id, new_source, changed_at)
         VALUES (1, 1, 1, 'csv', 10);
       INSERT INTO label_history (change_id, image_id, old_class_id, old_source, new_class_id, new_source, changed_at)
         VALUES (2, 1, 1, 'csv', 2, 'person', 20);`,
    );
    migrate(db, 'folder');
    expect(getRevisions(db)).toEqual({ images: 1, labels: 1 });
    undoLabels(db);
    expect(listLabels(db)).toEqual([{ imageId: 1, classId: 1, source: 'csv', labelledAt: 10 }]);
    undoLabels(db);
    redoLabels(db);
    redoLabels(db);
    expect(listLabels(db)).toEqual([{ imageId: 1, classId: 2, source: 'person', labelledAt: 20 }]);
    db.close();
  });

  it('0060: a report can be kept beside what was exported before', () => {
    const db = projectOf(50, "INSERT INTO exports (path, facts, made_at) VALUES ('a.csv', '{}', 0);");
    migrate(db, 'folder');
    const top1 = { value: 0.5, low: 0, high: 1, n: 2 };
    const cell = { mode: 'probe', fraction: 1, draw: 1, labels: 2, top1, top5: null, seconds: 1 } as const;
    keepReportCell(db, { labelsKey: 'a', subject: 'run 1' }, cell);
    expect(listReportCells(db, { labelsKey: 'a', subject: 'run 1' })).toEqual([cell]);
    expect(listExports(db)).toHaveLength(1);
    db.close();
  });

  it('0070: what was undecided before is decided afterwards, by the new indexes', () => {
    const db = projectOf(
      60,
      `INSERT INTO roots (id, folder, added_at) VALUES (1, '/photos', 0);
       INSERT INTO images (id, root_id, relative_path, display_name, byte_size, mtime, width, height, state,
                           content_hash, perceptual_hash, slot)
         VALUES (1, 1, x'61', 'a', 1, 1, 1, 1, 'ready', zeroblob(32), x'00112233445566ff', 0),
                (2, 1, x'62', 'b', 1, 1, 1, 1, 'ready', zeroblob(32), x'00112233445566ff', 0),
                (3, 1, x'63', 'c', 1, 1, 1, 1, 'ready', x'01', x'00112233445566fe', 1);`,
    );
    migrate(db, 'folder');
    initialiseSettings(db, { seed: 'any', heldOutFraction: 0.1 });
    expect(groupDuplicates(db)).toBe(3);
    drawHeldOutPool(db);
    expect(hasUndecided(db)).toBe(false);
    db.close();
  });

  it('lead from every version to the same tables', () => {
    const [fresh, ...older] = [0, ...migrations.map((step) => step.version)].map((version) => {
      const db = projectOf(version, '');
      migrate(db, 'folder');
      const schema = schemaOf(db);
      db.close();
      return schema;
    });
    for (const schema of older) expect(schema).toEqual(fresh);
  });
});
