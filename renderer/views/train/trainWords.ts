import { formatCount, formatPercent } from '../../parts/formatNumber.ts';
import type { ClassifierRun, TrainingMode } from '../../../shared/classifierRuns.ts';
import type { Proportion } from '../../../shared/evaluation.ts';

/** What each way does, for somebody who has never heard of it. */
export const modeHelp: Readonly<Record<TrainingMode, string>> = {
  probe:
    'The pretrained encoder stays as it is; only a last layer learns your classes. The quickest, and hard to beat with few labels.',
  finetune:
    'The pretrained encoder goes on learning from your labels. Often the best with a hundred labels or more.',
  scratch:
    'Learns from your labels alone, without the pretraining. Slow; it shows what the pretraining is worth.',
};

/** On what an accuracy was measured, a clause that follows it. */
export function measuredWords(on: string, n: number): string {
  if (on === 'held-out') return `on ${formatCount(n, 'held-out image')} that no training has seen`;
  if (on === 'cross-validation') return `by cross-validation on ${formatCount(n, 'labelled image')}`;
  return `on ${formatCount(n, 'image')} of “${folderName(on)}”`;
}

/** The same in two words, for a table. */
export function measuredShort(on: string): string {
  if (on === 'held-out') return 'held-out';
  return on === 'cross-validation' ? 'cross-validation' : `“${folderName(on)}”`;
}

export const crossValidationHelp =
  'Each labelled image was answered by a classifier that had learnt from the others. That is done while fewer than 30' +
  ' held-out images have labels; the interval is only a guide.';

export function folderName(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== '') ?? path;
}

/** `87 % (81–92)`, with its 95 % interval. */
export function withInterval({ value, low, high }: Proportion): string {
  const bare = (share: number): string => formatPercent(share).replace(' %', '');
  return `${formatPercent(value)} (${bare(low)}–${bare(high)})`;
}

export interface BestRun {
  readonly runId: number;
  /** The second best could be as good: their intervals overlap. */
  readonly isClose: boolean;
}

/** The run that answers best, among those that are measured like the newest measured one; null before any. */
export function bestRun(runs: readonly ClassifierRun[]): BestRun | null {
  const measured = runs.flatMap(({ runId, mode, measured: of }) =>
    of === null || mode === 'random-encoder' ? [] : [{ runId, of }],
  );
  const alike = measured.filter(({ of }) => of.on === measured[0]?.of.on);
  const [best, second] = alike.toSorted((a, b) => b.of.top1.value - a.of.top1.value);
  if (best === undefined) return null;
  return { runId: best.runId, isClose: second !== undefined && second.of.top1.high > best.of.top1.low };
}
