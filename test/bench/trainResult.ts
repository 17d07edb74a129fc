import { plural } from '../../main/cli/format.ts';
import { median, range } from './statistics.ts';
import type { BenchResult } from './report.ts';

/** One way in which PyTorch can train, and what it reached in one turn. */
export interface Trial {
  readonly layout: 'contiguous' | 'channels_last';
  /** Processes of the DataLoader; 0: it reads between the steps. */
  readonly workers: number;
  readonly imagesPerSecond: number;
}

/** The trial with the most images a second. */
export function fastest(trials: readonly Trial[]): Trial {
  return trials.reduce((a, b) => (b.imagesPerSecond > a.imagesPerSecond ? b : a));
}

/** @param speeds images a second of each turn of both sides */
export function trainResult(
  shape: string,
  speeds: { readonly ours: readonly number[]; readonly theirs: readonly number[] },
  details: { readonly best: Trial } & Readonly<Record<string, unknown>>,
): BenchResult {
  const [ours, theirs] = [median(speeds.ours), median(speeds.theirs)];
  return {
    bench: `train ${shape}`,
    ratio: ours / theirs,
    ours,
    theirs,
    unit: 'images/s, views and data included',
    runs: speeds.ours.length,
    spread: { ours: range(speeds.ours), theirs: range(speeds.theirs) },
    details,
  };
}

/** One line for people. */
export function describeTrain(
  { bench, ratio, ours, theirs, spread, runs }: BenchResult,
  best: Trial,
): string {
  const told = (middle: number | null, values: readonly number[]): string =>
    `${middle?.toFixed(0) ?? '–'} images/s (${values.map((value) => value.toFixed(0)).join('–')})`;
  return (
    `${bench}: ours ${told(ours, spread.ours)}, PyTorch ${told(theirs, spread.theirs)}` +
    ` (${best.layout}, ${plural(best.workers, 'worker')}), ${runs} turns each, ratio ${ratio?.toFixed(2) ?? '–'}`
  );
}
