import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { genoiseError } from '../../shared/errors.ts';

/** A label that could be read from a damaged project. */
export interface RescuedLabel {
  /** Folder of the root, absolute. */
  readonly root: string;
  /** Path below it, in the file system's bytes. */
  readonly relativePath: Buffer;
  readonly className: string;
}

export interface Rescue {
  readonly labels: readonly RescuedLabel[];
  /** Labels of which image, path or class could not be read. */
  readonly lost: number;
}

/**
 * Reads the labels of a project whose file is damaged, as far as its pages can be read: row by row, from both ends of a
 * table and by number, paths from the table or its index, labels from their history where their own row is gone. Works
 * on a copy; nothing in the project is changed.
 * @throws not-a-project; damaged-project when not even the list of tables can be read
 */
export function rescueLabels(folder: string): Rescue {
  const source = join(folder, 'project.db');
  if (!existsSync(source)) throw genoiseError('not-a-project', { folder });
  const scratch = mkdtempSync(join(tmpdir(), 'genoise-rescue-'));
  let db: Database.Database | undefined;
  try {
    for (const ending of ['', '-wal']) {
      if (existsSync(source + ending)) copyFileSync(source + ending, join(scratch, `project.db${ending}`));
    }
    fillUp(join(scratch, 'project.db'));
    db = new Database(join(scratch, 'project.db'));
    return rescueFrom(db);
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    throw genoiseError('damaged-project', { folder, reason: error.message }, error);
  } finally {
    db?.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Gives a file that was cut off the length that its header says: SQLite refuses it as a whole otherwise. */
function fillUp(path: string): void {
  const header = Buffer.alloc(100);
  const file = openSync(path, 'r');
  const read = readSync(file, header);
  closeSync(file);
  if (read < 100 || !header.toString('latin1').startsWith('SQLite format 3')) return;
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const length = header.readUInt32BE(28) * pageSize;
  if (statSync(path).size < length) truncateSync(path, length);
}

interface PathRow {
  readonly id: number;
  readonly root: number;
  readonly path: Buffer;
}

function rescueFrom(db: Database.Database): Rescue {
  // Without the list of tables nothing can be asked for.
  db.prepare('SELECT name FROM sqlite_schema').all();
  const roots = named(db, 'SELECT id, folder AS name FROM roots');
  const classes = named(db, 'SELECT id, name FROM classes');
  const given = readLabels(db);
  const path = pathReader(db);
  const inOrder = [...given].sort(([a], [b]) => a - b);
  const labels = inOrder.flatMap(([imageId, classId]) => {
    const found = path(imageId);
    const root = found && roots.get(found.root);
    const className = classes.get(classId);
    return found && root !== undefined && className !== undefined
      ? [{ root, relativePath: found.path, className }]
      : [];
  });
  return { labels, lost: given.size - labels.length };
}

function named(db: Database.Database, sql: string): ReadonlyMap<number, string> {
  const { rows } = salvage<{ id: number; name: string }>(db, sql, 'id');
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** The class of each labelled image. */
function readLabels(db: Database.Database): Map<number, number> {
  const sql = 'SELECT image_id AS id, class_id AS class FROM labels';
  const read = salvage<{ id: number; class: number }>(db, sql, 'image_id');
  const labels = new Map(read.rows.map((row) => [row.id, row.class]));
  if (read.complete) return labels;
  const history = salvage<{ id: number; image: number; class: number | null }>(
    db,
    'SELECT id, image_id AS image, new_class_id AS class FROM label_history WHERE undone = 0',
    'id',
  );
  const latest = new Map(history.rows.map((row) => [row.image, row.class]));
  for (const [image, classId] of latest) {
    if (classId !== null && !labels.has(image)) labels.set(image, classId);
  }
  return labels;
}

/** Finds an image's path in its row, else in the index of paths, which lies on other pages. */
function pathReader(db: Database.Database): (id: number) => PathRow | undefined {
  const select = db.prepare<unknown[], PathRow>(
    'SELECT id, root_id AS root, relative_path AS path FROM images WHERE id = ?',
  );
  let index: ReadonlyMap<number, PathRow> | undefined;
  return (id) => {
    try {
      const row = select.get(id);
      if (row !== undefined) return row;
    } catch {
      // The index may have it.
    }
    index ??= new Map(pathsOfIndex(db).map((row) => [row.id, row]));
    return index.get(id);
  };
}

function pathsOfIndex(db: Database.Database): readonly PathRow[] {
  const sql =
    'SELECT id, root_id AS root, relative_path AS path FROM images INDEXED BY sqlite_autoindex_images_1';
  return ['', ' ORDER BY root_id DESC, relative_path DESC'].flatMap(
    (order) => readUntilError<PathRow>(db, sql + order).rows,
  );
}

/** The rows of a table that can be read, by key: from its start, from its end, and one by one in between. */
function salvage<Row extends { readonly id: number }>(
  db: Database.Database,
  sql: string,
  key: string,
): { readonly rows: readonly Row[]; readonly complete: boolean } {
  const forward = readUntilError<Row>(db, `${sql} ORDER BY ${key}`);
  if (forward.complete) return forward;
  const backward = readUntilError<Row>(db, `${sql} ORDER BY ${key} DESC`).rows.toReversed();
  const from = (forward.rows.at(-1)?.id ?? 0) + 1;
  const to = backward.at(0)?.id ?? from + rowsBeyond;
  const between: Row[] = [];
  let single: Database.Statement<unknown[], Row> | undefined;
  for (let id = from; id < to; id++) {
    try {
      single ??= db.prepare<unknown[], Row>(`SELECT * FROM (${sql}) WHERE id = ?`);
      between.push(...single.all(id));
    } catch {
      // This one is lost.
    }
  }
  return { rows: [...forward.rows, ...between, ...backward], complete: false };
}

/** How far to look when the end of a table cannot be read. */
const rowsBeyond = 100_000;

function readUntilError<Row>(
  db: Database.Database,
  sql: string,
): { readonly rows: Row[]; readonly complete: boolean } {
  const rows: Row[] = [];
  try {
    for (const row of db.prepare<unknown[], Row>(sql).iterate()) rows.push(row);
    return { rows, complete: true };
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    return { rows, complete: false };
  }
}
