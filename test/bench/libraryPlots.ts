import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lineChart, type LineSeries } from './lineChart.ts';
import type { LibraryFigures } from './library.ts';
import { quantile } from './statistics.ts';

/** Lines of the time plot: a name, the measures that it is the worst of, and which quantile of them. */
const times: readonly {
  readonly name: string;
  readonly measures: readonly string[];
  readonly share: number;
}[] = [
  { name: 'opening (median)', measures: ['open'], share: 0.5 },
  {
    name: 'another filter (highest)',
    measures: ['change of sort', 'change of filter', 'change of filter, labels changed'],
    share: 1,
  },
  { name: 'counts of all (median)', measures: ['countFilters'], share: 0.5 },
  { name: 'labels as CSV (median)', measures: ['label export (CSV)'], share: 0.5 },
  { name: 'label 10,000 (median)', measures: ['label of 10,000 images'], share: 0.5 },
  { name: 'window of 200 (p99)', measures: ['window, warm'], share: 0.99 },
  { name: 'one label (median)', measures: ['label'], share: 0.5 },
];

/** Draws time and memory against the number of images: `library-time.svg` and `library-memory.svg`. */
export function plotLibrary(all: readonly LibraryFigures[], folder: string): void {
  mkdirSync(folder, { recursive: true });
  const axes = { xTitle: 'images in the project', formatX: countText };
  const time = lineChart({
    ...axes,
    title: 'Library: time by number of images',
    series: times.map(({ name, measures, share }) => ({ name, points: timePoints(all, measures, share) })),
    formatY: (value) => (value >= 1000 ? `${value / 1000} s` : `${Number(value.toPrecision(1))} ms`),
  });
  const memory = lineChart({
    ...axes,
    title: 'Library: most memory of the whole process',
    series: [
      memoryLine(all, 'opening, first window', ['open']),
      memoryLine(all, 'all filters and sorts', ['browse', 'filters']),
      memoryLine(all, 'labelling, counts', ['label']),
      memoryLine(all, 'export', ['export']),
      memoryLine(all, 'finding duplicates', ['group']),
    ],
    formatY: (value) => `${value} MB`,
  });
  writeFileSync(join(folder, 'library-time.svg'), time);
  writeFileSync(join(folder, 'library-memory.svg'), memory);
}

function timePoints(
  all: readonly LibraryFigures[],
  measures: readonly string[],
  share: number,
): LineSeries['points'] {
  return all.map(({ rows, samples }) => ({
    x: rows,
    y: Math.max(...measures.map((measure) => quantile(samples[measure], share))),
  }));
}

function memoryLine(all: readonly LibraryFigures[], name: string, parts: readonly string[]): LineSeries {
  const points = all.map(({ rows, peakBytes }) => ({
    x: rows,
    y: Math.max(...parts.map((part) => peakBytes[part])) / 2 ** 20,
  }));
  return { name, points };
}

function countText(value: number): string {
  return value >= 1_000_000 ? `${value / 1_000_000} M` : value >= 1000 ? `${value / 1000} k` : String(value);
}
