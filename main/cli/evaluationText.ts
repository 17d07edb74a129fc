import type { Evaluation, Proportion } from '../../shared/evaluation.ts';
import { formatCount, formatPercent, formatTable } from './format.ts';

/** "61.2 % (95 % interval 58.1–64.2, n = 1,000)". */
export function describeProportion({ value, low, high, n }: Proportion): string {
  const [from, to] = [low, high].map((share) => (share * 100).toFixed(1));
  return `${formatPercent(value)} (95 % interval ${from}–${to}, n = ${formatCount(n)})`;
}

/** Top-1, top-5 where it means something, per class, and the confusion matrix. */
export function describeEvaluation(evaluation: Evaluation): string {
  const { top1, top5, perClass } = evaluation;
  const cell = (share: Proportion | null): string =>
    share === null
      ? '–'
      : `${formatPercent(share.value)} (${(share.low * 100).toFixed(0)}–${(share.high * 100).toFixed(0)})`;
  const rows = perClass.map(({ name, n, recall, precision }) => [
    name,
    formatCount(n),
    cell(recall),
    cell(precision),
  ]);
  return [
    `Top-1 accuracy ${describeProportion(top1)}`,
    ...(top5 === null ? [] : [`Top-5 accuracy ${describeProportion(top5)}`]),
    '',
    formatTable(['class', 'images', 'recognised', 'right when named'], rows),
    '',
    describeConfusion(evaluation),
  ].join('\n');
}

function describeConfusion({ classes, confusion }: Evaluation): string {
  const headings = ['true \\ answered', ...classes.map((_, i) => `${i + 1}`)];
  const rows = confusion.map((row, i) => [`${i + 1} ${classes[i]}`, ...row.map(String)]);
  return formatTable(headings, rows);
}
