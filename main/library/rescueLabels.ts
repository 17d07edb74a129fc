import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { genoiseError } from '../../shared/errors.ts';
import { readPages } from './databasePages.ts';
import { pageRecords } from './pageRecords.ts';
import { isProject, projectFile } from './projectFile.ts';
import { sortRecords } from './recordKinds.ts';

/** A label that could be read from a damaged project. */
export interface RescuedLabel {
  /** Folder of the root, absolute; null where that could not be read. */
  readonly root: string | null;
  /** Path below it, in the file system's bytes. */
  readonly relativePath: Buffer;
  /** "class 3" where the name of class 3 could not be read. */
  readonly className: string;
}

export interface Rescue {
  readonly labels: readonly RescuedLabel[];
  /** Labels of which the image's path could not be read. */
  readonly lost: number;
  /** Classes whose names could not be read. */
  readonly unnamed: number;
}

/** What labels are made of, by number. */
export interface LabelParts {
  readonly roots: ReadonlyMap<number, string>;
  readonly classes: ReadonlyMap<number, string>;
  readonly paths: ReadonlyMap<number, { readonly root: number; readonly path: Buffer }>;
  /** The class of each labelled image. */
  readonly labels: ReadonlyMap<number, number>;
}

/**
 * Reads the labels of a project whose file is damaged: through its tables where they can be read, or else from every
 * page that is left by itself, whatever became of the list of tables, of the trees above the rows or of the file's end.
 * Paths then also come from their index and labels from their history. Works on a copy; nothing in the project is
 * changed.
 * @throws not-a-project; labels-lost when no label is left in a file that is damaged
 */
export function rescueLabels(folder: string): Rescue {
  const source = projectFile(folder);
  if (!isProject(folder)) throw genoiseError('not-a-project', { folder });
  const scratch = mkdtempSync(join(tmpdir(), 'genoise-rescue-'));
  try {
    const copy = projectFile(scratch);
    for (const ending of ['', '-wal']) {
      if (existsSync(source + ending)) copyFileSync(source + ending, copy + ending);
    }
    // Pages first: opening the copy may change it.
    const fromPages = sortRecords(recordsOf(copy));
    const rescue = putTogether(throughTables(copy) ?? fromPages);
    if (rescue.labels.length === 0) throw genoiseError('labels-lost', { folder });
    return rescue;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function* recordsOf(path: string): ReturnType<typeof pageRecords> {
  for (const page of readPages(path)) yield* pageRecords(page);
}

/** Everything by way of SQLite; null where it meets damage. */
function throughTables(path: string): LabelParts | null {
  let db: Database.Database | undefined;
  try {
    db = new Database(path);
    const named = (sql: string): ReadonlyMap<number, string> =>
      new Map(rows<{ id: number; name: string }>(db, sql).map(({ id, name }) => [id, name]));
    const labels = rows<{ id: number; class: number }>(
      db,
      'SELECT image_id AS id, class_id AS class FROM labels',
    );
    const paths = rows<{ id: number; root: number; path: Buffer }>(
      db,
      'SELECT id, root_id AS root, relative_path AS path FROM images JOIN labels ON image_id = id',
    );
    return {
      roots: named('SELECT id, folder AS name FROM roots'),
      classes: named('SELECT id, name FROM classes'),
      paths: new Map(paths.map((row) => [row.id, row])),
      labels: new Map(labels.map((row) => [row.id, row.class])),
    };
  } catch (error) {
    if (error instanceof Database.SqliteError) return null;
    throw error;
  } finally {
    db?.close();
  }
}

function rows<Row>(db: Database.Database | undefined, sql: string): readonly Row[] {
  return db?.prepare<unknown[], Row>(sql).all() ?? [];
}

function putTogether({ roots, classes, paths, labels }: LabelParts): Rescue {
  const inOrder = [...labels].sort(([a], [b]) => a - b);
  const rescued = inOrder.flatMap(([imageId, classId]) => {
    const found = paths.get(imageId);
    if (found === undefined) return [];
    const className = classes.get(classId) ?? `class ${classId}`;
    return [{ root: roots.get(found.root) ?? null, relativePath: found.path, className }];
  });
  const unnamed = new Set([...labels.values()].filter((classId) => !classes.has(classId))).size;
  return { labels: rescued, lost: labels.size - rescued.length, unnamed };
}
