import { formatTable } from '../../main/cli/format.ts';
import {
  summariseCells,
  type DrawnShare,
  type ReportCell,
  type ReportMode,
} from '../../shared/labelReport.ts';
import { methodTitle } from '../../shared/pretraining.ts';
import { hasOwnEncoder, type LabelResults } from './labelCells.ts';
import { say } from './report.ts';

type Row = readonly [title: string, cells: readonly ReportCell[], mode: ReportMode];

/** Prints what the shares of the labels reach, top-1 and top-5, and how the pretrainings went. */
export function tellLabels(results: LabelResults, fractions: readonly number[]): void {
  const rows = rowsOf(results);
  const shares = fractions.map((fraction) => `${fraction * 100} % of the labels`);
  for (const [title, measure] of [
    ['top-1, %', 'top1'],
    ['top-5, %', 'top5'],
  ] as const) {
    const written = rows.map(([name, cells, mode]) => [
      name,
      ...fractions.map((fraction) => describe(cells, mode, fraction, measure)),
    ]);
    say(`\n${formatTable([title, ...shares], written)}`);
  }
  const times = Object.entries(results.methods).map(([name, { pretrained: of }]) => [
    methodTitle(name),
    String(of.batchSize),
    of.imagesPerSecond.toFixed(0),
    (of.seconds / 60).toFixed(1),
    percent(of.knn.at(-1)?.accuracy ?? 0),
  ]);
  say(`\n${formatTable(['pretraining', 'batch', 'images/s', 'minutes', 'kNN at the end, %'], times)}`);
}

function rowsOf({ fresh, methods }: LabelResults): Row[] {
  return [
    ['from scratch', fresh, 'scratch'],
    ['random encoder, probe', fresh, 'random-encoder'],
    ...Object.entries(methods).flatMap(([name, { cells, fresh: own = [] }]): Row[] => {
      const title = methodTitle(name);
      const ends: Row[] = [
        [`${title}’s encoder, from scratch`, own, 'scratch'],
        [`${title}’s encoder, random, probe`, own, 'random-encoder'],
      ];
      return [
        ...(hasOwnEncoder(name) ? ends : []),
        [`${title}, probe`, cells, 'probe'],
        [`${title}, fine-tuned`, cells, 'finetune'],
      ];
    }),
  ];
}

function describe(
  cells: readonly ReportCell[],
  mode: ReportMode,
  fraction: number,
  measure: 'top1' | 'top5',
): string {
  const summary = summariseCells(cells, mode, fraction);
  const share: DrawnShare | null = summary?.[measure] ?? null;
  if (summary === null || share === null) return '–';
  return summary.draws > 1 ? `${percent(share.value)} ± ${percent(share.deviation)}` : percent(share.value);
}

export function percent(share: number): string {
  return (share * 100).toFixed(1);
}
