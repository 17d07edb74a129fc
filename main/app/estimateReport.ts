import { workOf } from './estimateTraining.ts';
import type { ReportCell, ReportMode } from '../../shared/labelReport.ts';
import type { CellPlan } from './trainReportCell.ts';

/** What the whole report is made from. */
interface Amounts {
  /** All that may be learnt from. */
  readonly labels: number;
  readonly heldOut: number;
}

/**
 * Seconds that the cells to come will take, each by the finished cell of its way that is nearest to its share, in
 * proportion to their work. Null while a way to come has no finished cell.
 */
export function estimateReport(
  finished: readonly ReportCell[],
  toCome: readonly CellPlan[],
  amounts: Amounts,
): number | null {
  let seconds = 0;
  for (const { mode, fraction } of toCome) {
    const own = finished.filter((cell) => cell.mode === mode);
    if (own.length === 0) return null;
    const nearest = Math.min(...own.map((cell) => Math.abs(cell.fraction - fraction)));
    const alike = own.filter((cell) => Math.abs(cell.fraction - fraction) === nearest);
    const usual = alike.reduce((sum, cell) => sum + cell.seconds, 0) / alike.length;
    seconds += (usual * work(mode, fraction, amounts)) / work(mode, alike[0].fraction, amounts);
  }
  return seconds;
}

function work(mode: ReportMode, fraction: number, { labels, heldOut }: Amounts): number {
  const measured = { labels: fraction * labels, heldOutLabels: heldOut, measuredBy: 'held-out' } as const;
  return workOf(mode === 'finetune' || mode === 'scratch' ? mode : 'probe', measured);
}
