import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plotLibrary } from './libraryPlots.ts';
import { generateProject, type GeneratedProject } from './libraryProject.ts';
import type { Samples } from './libraryRun.ts';
import { machine, say, type BenchResult } from './report.ts';
import { median, quantile, range } from './statistics.ts';
import { watchTreeMemory } from './treeMemory.ts';

export interface LibraryBenchOptions {
  /** Numbers of images. */
  readonly rows: readonly number[];
  /** Folder for the plots; none are drawn when absent. */
  readonly plot?: string;
  /** Where generated projects are kept for the next time; removed at the end when absent. */
  readonly projects?: string;
}

/** What one size gave: samples in milliseconds, and the most memory that a part needed, in bytes. */
export interface LibraryFigures {
  readonly rows: number;
  readonly samples: Samples;
  readonly peakBytes: Readonly<Record<string, number>>;
}

/** Each in a process of its own, as often as said. */
const parts = [
  { part: 'open', times: 7 },
  { part: 'cold', times: 1 },
  { part: 'browse', times: 1 },
  { part: 'filters', times: 1 },
  { part: 'label', times: 1 },
  { part: 'export', times: 3 },
  { part: 'group', times: 1 },
] as const;

/** A library with nothing prepared is opened for each query: with fewer images nobody notices the difference. */
const fewestForCold = 100_000;
const uncachedOpenings = 3;

/**
 * Budgets in milliseconds, of the highest sample where there are fewer than 100 and else of the 99th percentile. A
 * label's is above the disk's own fsync, measured in turns with it.
 */
const budgets: readonly { readonly measure: RegExp; readonly limit: number; readonly above?: string }[] = [
  { measure: /^open/, limit: 1000 },
  { measure: /^(first window|change of)/, limit: 500 },
  { measure: /^window, warm$/, limit: 10 },
  { measure: /^label$/, limit: 5, above: 'fsync beside it' },
  { measure: /^label while/, limit: 5, above: 'fsync beside those' },
  { measure: /^(label of 10,000|its )/, limit: 1000 },
];

/** Measures libraries of generated rows; a table for each number of rows goes to standard error. */
export async function benchLibrary({
  rows,
  plot,
  projects,
}: LibraryBenchOptions): Promise<readonly BenchResult[]> {
  say(`Machine: ${machine()}; times in milliseconds.`);
  const folder = projects ?? mkdtempSync(join(tmpdir(), 'genoise-bench-'));
  mkdirSync(folder, { recursive: true });
  try {
    const all: LibraryFigures[] = [];
    for (const count of rows) all.push(await measure(join(folder, `${count}-images`), count));
    if (plot !== undefined) plotLibrary(all, plot);
    return all.flatMap(resultsOf);
  } finally {
    if (projects === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(project: string, rows: number): Promise<LibraryFigures> {
  const made = provideProject(project, rows);
  const samples: Record<string, number[]> = {};
  const peakBytes: Record<string, number> = {};
  const run = async (part: string, suffix = ''): Promise<void> => {
    const { samples: found, peak } = await runPart(part, project);
    for (const [name, values] of Object.entries(found)) (samples[name + suffix] ??= []).push(...values);
    peakBytes[part] = Math.max(peakBytes[part] ?? 0, peak);
  };
  const chosen = parts.filter(({ part }) => part !== 'cold' || rows >= fewestForCold);
  for (const { part, times } of chosen) for (let i = 0; i < times; i += 1) await run(part);
  for (let i = 0; i < uncachedOpenings; i += 1) {
    dropFromMemory(project);
    await run('open', ', files not in memory');
  }
  const figures = { rows, samples, peakBytes };
  sayTable(figures, made);
  writeFileSync(`${project}-figures.json`, JSON.stringify(figures));
  return figures;
}

/** The project that is there already, or a new one. */
function provideProject(project: string, rows: number): GeneratedProject {
  const notes = `${project}.json`;
  if (!existsSync(notes)) {
    rmSync(project, { recursive: true, force: true });
    writeFileSync(notes, JSON.stringify(generateProject(project, rows)));
  }
  return JSON.parse(readFileSync(notes, 'utf8')) as GeneratedProject;
}

/** Asks the system (Linux) to forget what it keeps of the project's files, so that they are read from the disk. */
function dropFromMemory(project: string): void {
  for (const name of readdirSync(project).filter((each) => each.endsWith('.db'))) {
    spawnSync('dd', [`if=${join(project, name)}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' });
  }
}

function runPart(part: string, project: string): Promise<{ samples: Samples; peak: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ samples: Samples; peak: number }>();
  const script = new URL('./libraryRun.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, part, project], { stdio: ['ignore', 'pipe', 'inherit'] });
  const memory = watchTreeMemory(child.pid ?? 0);
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.on('error', reject);
  child.on('close', (code) => {
    const peak = memory.stop();
    if (code === 0) resolve({ samples: JSON.parse(printed) as Samples, peak });
    else reject(new Error(`the part "${part}" ended with code ${code}`));
  });
  return promise;
}

interface Judged {
  readonly name: string;
  readonly values: readonly number[];
  /** 99th percentile, or the highest of fewer than 100. */
  readonly worst: number;
  readonly budget: number | null;
}

function judge({ samples }: LibraryFigures): readonly Judged[] {
  return Object.entries(samples).map(([name, values]) => {
    const found = budgets.find(({ measure }) => measure.test(name));
    const above = found?.above === undefined ? 0 : quantile(samples[found.above], 0.99);
    const worst = quantile(values, values.length < 100 ? 1 : 0.99);
    return { name, values, worst, budget: found === undefined ? null : found.limit + above };
  });
}

function sayTable(figures: LibraryFigures, made: GeneratedProject): void {
  const { rows, peakBytes } = figures;
  say(`\n${rows.toLocaleString('en')} images`);
  say('| measure | samples | median | p99 (highest of fewer than 100) | budget |');
  say('| --- | ---: | ---: | ---: | ---: |');
  for (const { name, values, worst, budget } of judge(figures)) {
    const limit = budget === null ? '' : `${number(budget)}${worst > budget ? ' MISSED' : ''}`;
    say(`| ${name} | ${values.length} | ${number(median(values))} | ${number(worst)} | ${limit} |`);
  }
  const megabytes = Object.entries(peakBytes).map(
    ([part, bytes]) => `${part} ${Math.round(bytes / 2 ** 20)}`,
  );
  say(`Most memory of the process, MB: ${megabytes.join(', ')}.`);
  const seconds = [made.writeMilliseconds, made.groupMilliseconds, made.drawMilliseconds].map((each) =>
    (each / 1000).toFixed(1),
  );
  say(
    `Made (unsynchronised): rows ${seconds[0]} s, duplicates ${seconds[1]} s, held-out pool ${seconds[2]} s.`,
  );
}

function number(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(2);
}

/** `theirs` is the budget. */
function resultsOf(figures: LibraryFigures): readonly BenchResult[] {
  return judge(figures)
    .filter(({ budget }) => budget !== null)
    .map(({ name, values, worst, budget }) => ({
      bench: `library of ${figures.rows}: ${name}`,
      ratio: (budget ?? 0) / worst,
      ours: worst,
      theirs: budget,
      unit: 'ms',
      runs: values.length,
      spread: { ours: range(values), theirs: [] },
      details: { machine: machine(), median: median(values), peakBytes: figures.peakBytes },
    }));
}
