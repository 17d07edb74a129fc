import { dirname } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import type { Json, RunId, RunKind, RunRow, RunState } from '../../shared/records.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { isProjectOpen } from './lockProject.ts';

interface RunRecord {
  readonly id: RunId;
  readonly kind: RunKind;
  readonly method: string | null;
  readonly encoder: string;
  readonly settings: string;
  readonly state: RunState;
  readonly error: string | null;
  readonly parent_run_id: RunId | null;
  readonly total_steps: number;
  readonly done_steps: number;
  readonly started_at: number;
  readonly ended_at: number | null;
}

function rowToRun(row: RunRecord): RunRow {
  return {
    id: row.id,
    kind: row.kind,
    method: row.method,
    encoder: row.encoder,
    settings: JSON.parse(row.settings) as Json,
    state: row.state,
    error: row.error,
    parentRunId: row.parent_run_id,
    totalSteps: row.total_steps,
    doneSteps: row.done_steps,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

/** What a run is started with. */
export type NewRun = Pick<RunRow, 'kind' | 'method' | 'encoder' | 'settings' | 'parentRunId' | 'totalSteps'>;

/** Adds a run that is running now. */
export function createRun(db: WritableDatabase, run: NewRun): RunRow {
  const insert = prepared<RunRecord>(
    db,
    `INSERT INTO runs (kind, method, encoder, settings, state, parent_run_id, total_steps, done_steps, started_at)
     VALUES (?, ?, ?, ?, 'running', ?, ?, 0, ?) RETURNING *`,
  );
  const { kind, method, encoder, settings, parentRunId, totalSteps } = run;
  const values = [kind, method, encoder, JSON.stringify(settings), parentRunId, totalSteps, Date.now()];
  return inTransaction(db, () => rowToRun(only(insert.all(...values))));
}

/** What can change about a run. `settings` may: a budget of minutes becomes a number of steps. */
export type RunPatch = Partial<
  Pick<RunRow, 'settings' | 'state' | 'error' | 'totalSteps' | 'doneSteps' | 'endedAt'>
>;

/** Changes the fields given, and returns the run as it is then. */
export function updateRun(db: WritableDatabase, id: RunId, patch: RunPatch): RunRow {
  const update = prepared<RunRecord>(
    db,
    `UPDATE runs SET settings = ?, state = ?, error = ?, total_steps = ?, done_steps = ?, ended_at = ?
     WHERE id = ? RETURNING *`,
  );
  return inTransaction(db, () => {
    const run = { ...requireRun(db, String(id)), ...patch };
    const { state, error, totalSteps, doneSteps, endedAt } = run;
    const settings = JSON.stringify(run.settings);
    return rowToRun(only(update.all(settings, state, error, totalSteps, doneSteps, endedAt, id)));
  });
}

/** Ends a run now. `error` is a sentence, for a run that failed. */
export function endRun(
  db: WritableDatabase,
  id: RunId,
  state: Exclude<RunState, 'running'>,
  error: string | null = null,
): RunRow {
  return updateRun(db, id, { state, error, endedAt: Date.now() });
}

/**
 * Lets a pretraining that a person named by its number run again: one that was interrupted or failed.
 * @throws run-not-found, run-not-resumable
 */
export function restartRun(db: WritableDatabase, text: string): RunRow {
  return inTransaction(db, () => {
    const run = requireRun(db, text);
    if (run.kind !== 'pretrain') throw notResumable(run, 'it is not a pretraining');
    if (run.state === 'done') throw notResumable(run, 'it is done');
    if (run.state === 'running') throw notResumable(run, 'it is running');
    return updateRun(db, run.id, { state: 'running', error: null, endedAt: null });
  });
}

function notResumable(run: RunRow, reason: string): Error {
  return genoiseError('run-not-resumable', { run: String(run.id), reason });
}

/** Makes runs that no process is working on any more `interrupted`; only under the project's lock. */
export function interruptRunningRuns(db: WritableDatabase): void {
  inTransaction(db, () => {
    const sql = "UPDATE runs SET state = 'interrupted', ended_at = ? WHERE state = 'running'";
    prepared(db, sql).run(Date.now());
  });
}

/** One run, or null. */
export function getRun(db: ReadableDatabase, id: RunId): RunRow | null {
  const row = prepared<RunRecord>(db, 'SELECT * FROM runs WHERE id = ?').get(id);
  return row === undefined ? null : rowToRun(row);
}

/** The run that a person named by its number. @throws run-not-found, with the runs that there are */
export function requireRun(db: ReadableDatabase, text: string): RunRow {
  const run = /^\d+$/.test(text) ? getRun(db, Number(text) as RunId) : null;
  if (run !== null) return run;
  throw genoiseError('run-not-found', { run: text, known: listRuns(db).map((known) => String(known.id)) });
}

/**
 * All runs, or those of one kind, in the order in which they were started. One that its row calls running while nobody
 * has the project open is interrupted: its process died, and the next to open the project will write it down.
 */
export function listRuns(db: ReadableDatabase, kind?: RunKind): readonly RunRow[] {
  const running = readRuns(db, kind).filter((run) => run.state === 'running');
  const isDead = running.length > 0 && !isProjectOpen(dirname(db.name));
  const dead = new Set(isDead ? running.map((run) => run.id) : []);
  // Read again: between the two looks a run may have come to its end.
  return readRuns(db, kind).map((run) =>
    run.state === 'running' && dead.has(run.id) ? { ...run, state: 'interrupted' } : run,
  );
}

function readRuns(db: ReadableDatabase, kind: RunKind | undefined): readonly RunRow[] {
  const rows =
    kind === undefined
      ? prepared<RunRecord>(db, 'SELECT * FROM runs ORDER BY id').all()
      : prepared<RunRecord>(db, 'SELECT * FROM runs WHERE kind = ? ORDER BY id').all(kind);
  return rows.map(rowToRun);
}

function only<T>(rows: readonly T[]): T {
  if (rows.length !== 1) throw new Error(`one row was expected, ${rows.length} came`);
  return rows[0];
}
