import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { namingFullDisk } from '../../shared/diskFull.ts';
import { nameDamageIn, namingDamage } from './nameDamage.ts';

declare const access: unique symbol;

/** A connection that queries may use. */
export type ReadableDatabase = Database.Database & { readonly [access]: { readonly read: true } };
/** The one connection of a project that changes it; held only together with the project's lock. */
export type WritableDatabase = Database.Database & {
  readonly [access]: { readonly read: true; readonly write: true };
};

const busyMilliseconds = 5000;
/** The log's length at which it is written back. */
export const logBytes = 64 * 2 ** 20;
const pageBytes = 4096;
const cacheKilobytes = 65_536;

/** Opens the file for reading and writing: write-ahead log, every commit on disk before it returns. */
export function openWritable(path: string): WritableDatabase {
  const db = new Database(path, { timeout: busyMilliseconds }) as WritableDatabase;
  return configured(db, () => {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    // Where plain fsync leaves data in the drive's own cache (macOS); elsewhere without effect.
    db.pragma('fullfsync = ON');
    db.pragma('foreign_keys = ON');
    // The log is written back into the file less often than by default (4 MB): an import changes the same pages of its
    // indexes with every batch.
    db.pragma(`wal_autocheckpoint = ${logBytes / pageBytes}`);
    db.pragma(`cache_size = -${cacheKilobytes}`);
  });
}

/** Opens the file for reading, also while another process writes it. */
export function openReadOnly(path: string): ReadableDatabase {
  const options = { readonly: true, fileMustExist: true, timeout: busyMilliseconds };
  const db = new Database(path, options) as ReadableDatabase;
  return configured(db, () => db.pragma('query_only = ON'));
}

function configured<D extends Database.Database>(db: D, configure: () => void): D {
  try {
    configure();
    nameDamageIn(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Runs `write` as one transaction: all of it is on disk when this returns, or nothing is. May be nested.
 * @throws disk-full, damaged-project, and whatever `write` throws
 */
export function inTransaction<T>(db: WritableDatabase, write: () => T): T {
  const folder = dirname(db.name);
  return namingFullDisk(folder, () => namingDamage(folder, () => db.transaction(write).immediate()));
}

/**
 * Does `work` with up to 128 MB of the file in memory: for the few changes of all rows, whose places in the indexes lie
 * anywhere. At a million images that is half of the time.
 */
export function withLargeCache<T>(db: WritableDatabase, work: () => T): T {
  const usual: unknown = db.pragma('main.cache_size', { simple: true });
  db.pragma('main.cache_size = -128000');
  try {
    return work();
  } finally {
    db.pragma(`main.cache_size = ${String(usual)}`);
  }
}

type Statement<Row> = Database.Statement<unknown[], Row>;
const statements = new WeakMap<Database.Database, Map<string, Statement<unknown>>>();

/** The compiled statement of `sql`, compiled once a connection. `Row` is what the columns are. */
export function prepared<Row = never>(db: ReadableDatabase, sql: string): Statement<Row> {
  const known = statements.get(db) ?? new Map<string, Statement<unknown>>();
  statements.set(db, known);
  const statement = known.get(sql) ?? db.prepare<unknown[]>(sql);
  known.set(sql, statement);
  return statement as Statement<Row>;
}

/** Bytes as the driver wants them: a Buffer over the same memory. */
export function blob(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
