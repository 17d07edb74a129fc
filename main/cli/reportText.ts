import {
  formatFraction,
  reportModes,
  summariseCells,
  type DrawnShare,
  type LabelReport,
  type ReportSummary,
} from '../../shared/labelReport.ts';
import { modeNames } from '../../shared/modeNames.ts';
import { formatCount, formatTable, plural } from './format.ts';

/** A report as tables: a row for each way, a column for each share of the labels. */
export function describeReport(report: LabelReport): string {
  const { pretraining, encoder, heldOut, cells } = report;
  const start =
    pretraining === null
      ? `No encoder is pretrained yet: ${encoder} from random weights alone.`
      : `${encoder}; probe and fine-tuning start from run ${pretraining.runId} (${pretraining.method}).`;
  const hasTop5 = cells.some(({ top5 }) => top5 !== null);
  return [
    start,
    '',
    `Top-1, %: mean ± deviation of the draws (95 % interval), on ${plural(heldOut, 'held-out image')}`,
    table(report, ({ top1 }) => top1),
    ...(hasTop5 ? ['', 'Top-5, %', table(report, ({ top5 }) => top5)] : []),
  ].join('\n');
}

function table({ fractions, cells }: LabelReport, of: (summary: ReportSummary) => DrawnShare | null): string {
  const labelsOf = (fraction: number): string => {
    const labels = cells.find((cell) => cell.fraction === fraction)?.labels;
    return `${formatFraction(fraction)}${labels === undefined ? '' : ` (${formatCount(labels)} labels)`}`;
  };
  const shown = (['pixels', ...reportModes] as const).filter((mode) =>
    cells.some((cell) => cell.mode === mode),
  );
  const rows = shown.map((mode) => [
    modeNames[mode],
    ...fractions.map((fraction) => {
      const summary = summariseCells(cells, mode, fraction);
      return summary === null ? '–' : describeShare(of(summary), summary.draws);
    }),
  ]);
  return formatTable(['', ...fractions.map(labelsOf)], rows);
}

function describeShare(share: DrawnShare | null, draws: number): string {
  if (share === null) return '–';
  const percent = (value: number): string => (value * 100).toFixed(1);
  const spread = draws > 1 ? ` ± ${percent(share.deviation)}` : '';
  return `${percent(share.value)}${spread} (${percent(share.low)}–${percent(share.high)})`;
}
