import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { GenoiseError, genoiseError } from '../../shared/errors.ts';

/** Whether a failure says that a file of SQLite's is damaged, or none. */
export function isDamage(error: unknown): error is Error {
  if (error instanceof GenoiseError) return error.code === 'damaged-project';
  return error instanceof Database.SqliteError && /^SQLITE_(NOTADB|CORRUPT)/.test(error.code);
}

/** Runs `work`; damage that SQLite meets in it becomes `damaged-project` naming `folder`. */
export function namingDamage<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof GenoiseError || !isDamage(error)) throw error;
    throw genoiseError('damaged-project', { folder, reason: error.message }, error);
  }
}

type Statement = Database.Statement;

const damaged = new WeakSet<Database.Database>();

/** Whether a statement of this connection has met damage. */
export function hasMetDamage(db: Database.Database): boolean {
  return damaged.has(db);
}

/**
 * Makes every statement of the connection throw `damaged-project` where it meets a damaged page: damage is mostly met
 * in the midst of work, long after the project was opened, and by whichever query is the first to read that page.
 */
export function nameDamageIn(db: Database.Database): void {
  const folder = dirname(db.name);
  const prepare = db.prepare.bind(db) as (sql: string) => Statement;
  const naming = <T>(work: () => T): T => {
    try {
      return namingDamage(folder, work);
    } catch (error) {
      if (isDamage(error)) damaged.add(db);
      throw error;
    }
  };
  db.prepare = ((sql: string) => {
    const statement = naming(() => prepare(sql));
    for (const name of ['run', 'get', 'all'] as const) {
      const call = statement[name].bind(statement);
      statement[name] = (...values: unknown[]) => naming(() => call(...values) as never);
    }
    const iterate = statement.iterate.bind(statement);
    statement.iterate = (...values: unknown[]) => {
      const rows = naming(() => iterate(...values));
      const next = rows.next.bind(rows);
      rows.next = () => naming(next);
      return rows;
    };
    return statement;
  }) as typeof db.prepare;
}
