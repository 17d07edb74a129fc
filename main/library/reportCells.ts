import type { ReportCell } from '../../shared/labelReport.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';

/** What the cells of one table have in common: the labels that they were drawn from, and what was trained on them. */
export interface ReportSubject {
  /** Hash of all labels, held-out ones included. */
  readonly labelsKey: string;
  /** A pretraining run, or a network that starts from random weights. */
  readonly subject: string;
}

/** The cells that are there, in no order. */
export function listReportCells(
  db: ReadableDatabase,
  { labelsKey, subject }: ReportSubject,
): readonly ReportCell[] {
  const sql = 'SELECT cell FROM report_cells WHERE labels_key = ? AND subject = ?';
  return prepared<{ cell: string }>(db, sql)
    .all(labelsKey, subject)
    .map(({ cell }) => JSON.parse(cell) as ReportCell);
}

/** Keeps one cell; those of other labels, which nothing can be compared with any more, go. */
export function keepReportCell(db: WritableDatabase, of: ReportSubject, cell: ReportCell): void {
  const { labelsKey, subject } = of;
  const { mode, fraction, draw } = cell;
  inTransaction(db, () => {
    prepared(db, 'DELETE FROM report_cells WHERE labels_key <> ?').run(labelsKey);
    const sql = 'INSERT OR REPLACE INTO report_cells VALUES (?, ?, ?, ?, ?, ?, ?)';
    prepared(db, sql).run(labelsKey, subject, mode, fraction, draw, JSON.stringify(cell), Date.now());
  });
}
