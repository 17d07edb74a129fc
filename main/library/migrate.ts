import { genoiseError } from '../../shared/errors.ts';
import type { ReadableDatabase, WritableDatabase } from './database.ts';
import { initial } from './migrations/0010-initial.ts';
import { windows } from './migrations/0020-windows.ts';
import { answers } from './migrations/0030-answers.ts';
import { labelling } from './migrations/0040-labelling.ts';
import { exported } from './migrations/0050-exports.ts';
import { reported } from './migrations/0060-report.ts';
import { append } from './migrations/0070-append.ts';

/** "GENO": marks an SQLite file as a project of ours. */
const applicationId = 0x47454e4f;

export interface Migration {
  /** The file's `user_version` after it; grows by 10, so that one can be put in between on a branch. */
  readonly version: number;
  readonly sql: string;
}

export const migrations: readonly Migration[] = [
  { version: 10, sql: initial },
  { version: 20, sql: windows },
  { version: 30, sql: answers },
  { version: 40, sql: labelling },
  { version: 50, sql: exported },
  { version: 60, sql: reported },
  { version: 70, sql: append },
];

/** The version of a project that this program writes. */
export const currentVersion = migrations[migrations.length - 1].version;

/**
 * Brings the project's tables up to this program, each step in one transaction with its number.
 * @param folder the project's folder, for messages
 * @param steps for tests
 * @throws newer-project, not-a-project (another program's SQLite file)
 */
export function migrate(db: WritableDatabase, folder: string, steps = migrations): void {
  const version = checkedVersion(db, folder);
  for (const step of steps.filter((migration) => migration.version > version)) {
    db.transaction(() => {
      db.exec(step.sql);
      db.pragma(`application_id = ${applicationId}`);
      db.pragma(`user_version = ${step.version}`);
    }).immediate();
  }
}

/** The version of the project's tables, 0 for an empty file. @throws as `migrate` */
export function checkedVersion(db: ReadableDatabase, folder: string): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  const owner = Number(db.pragma('application_id', { simple: true }));
  const isEmpty = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  if (owner !== applicationId && !isEmpty) throw genoiseError('not-a-project', { folder });
  if (version > currentVersion) {
    throw genoiseError('newer-project', {
      folder,
      projectVersion: version,
      supportedVersion: currentVersion,
    });
  }
  return version;
}
