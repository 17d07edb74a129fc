import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labelImages } from '../../main/app/labelImages.ts';
import { labelReport } from '../../main/app/labelReport.ts';
import { projectStatus } from '../../main/app/projectStatus.ts';
import { withLibrary, withReadOnlyLibrary } from '../../main/app/withLibrary.ts';
import { modeNames } from '../../shared/modeNames.ts';
import { methodChoices, methodTitle } from '../../shared/pretraining.ts';
import type { ReportCell, ReportMode } from '../../shared/labelReport.ts';
import {
  hasOwnEncoder,
  readResults,
  recipeFingerprint,
  writeResults,
  type KnnPoint,
  type LabelBenchRecipe,
  type LabelResults,
  type MethodResult,
  type PretrainedMethod,
} from './labelCells.ts';
import { percent, tellLabels } from './labelTables.ts';
import { lineChart } from './lineChart.ts';
import { pretrainKilled } from './pretrainKilled.ts';
import { provideFewLabelsProject } from './fewLabelsProject.ts';
import { machine, say, type BenchResult } from './report.ts';
import { mean } from './statistics.ts';

export interface LabelBenchOptions {
  readonly data: string;
  readonly out: string;
  readonly results: string;
  readonly methods: string;
  readonly epochs: number;
  readonly width: number;
  readonly maxSteps: number;
  readonly perClass?: number;
  readonly probeOnly: boolean;
  /** An SVG to draw. */
  readonly plot?: string;
}

const fractions = [0.01, 0.1, 1] as const;
const draws = 3;
const seed = 1;

/** Where a bench works, and what it has. */
interface Bench {
  readonly options: LabelBenchOptions;
  readonly project: string;
  results: LabelResults;
}

/**
 * Every method on the same photographs for the same number of epochs, each killed once and resumed; then what shares
 * of the labels reach. Finished cells are in the results file, and are not done again.
 */
export async function benchLabels(options: LabelBenchOptions): Promise<readonly BenchResult[]> {
  const { epochs, width, maxSteps, perClass } = options;
  const recipe: LabelBenchRecipe = {
    ...{ encoder: 'resnet18', width, epochs, seed, maxSteps, maxStepsOnAll: 4 * maxSteps },
    ...(perClass !== undefined && { perClass }),
  };
  mkdirSync(options.out, { recursive: true });
  const results = readResults(options.results, recipe, machine());
  const bench: Bench = { options, project: join(options.out, 'project'), results };
  say(`Machine: ${machine()}`);
  const names =
    options.methods === 'all' ? methodChoices.map(({ name }) => name) : options.methods.split(',');
  const missing = names.filter((name) => !isFinished(bench, name));
  if (missing.length > 0) await prepareProject(bench);
  // What tells methods apart comes first for all of them, what takes long last: a run that is cut short has the rest.
  for (const name of missing) for (const fraction of fractions) await measure(bench, name, 'probe', fraction);
  for (const fraction of options.probeOnly ? [] : fractions)
    for (const name of missing) await measure(bench, name, 'finetune', fraction);
  tellLabels(bench.results, fractions);
  if (options.plot !== undefined) writeFileSync(options.plot, knnChart(bench.results));
  return Object.keys(bench.results.methods).map((name) => comparison(bench.results, name));
}

async function prepareProject({ project, options }: Bench): Promise<void> {
  await provideFewLabelsProject(project, options.data, 'labels', options.perClass);
  // The kNN of each epoch looks at these: 2,000 of them; the report needs all.
  await withLibrary(project, (library) => labelImages(library, { source: { kind: 'folders' } }));
}

function cellCount(modes: number): number {
  return fractions.reduce((sum, fraction) => sum + (fraction < 1 ? draws : 1), 0) * modes;
}

function isFinished({ results, options }: Bench, name: string): boolean {
  const own = cellCount(options.probeOnly ? 1 : 2);
  const fresh = hasOwnEncoder(name) ? 2 * draws : cellCount(2);
  const isFreshDone = freshCells(results, name).length === fresh;
  return isFreshDone && (results.methods[name]?.cells.length ?? 0) >= own;
}

function keep(bench: Bench, change: Partial<LabelResults>): void {
  bench.results = { ...bench.results, ...change };
  writeResults(bench.options.results, bench.results);
}

/** A share's cells of one way of training with the method's encoder, and those that no method has a part in. */
async function measure(bench: Bench, name: string, mode: ReportMode, fraction: number): Promise<void> {
  const run = await pretrained(bench, name);
  for (const freshMode of ['random-encoder', 'scratch'] as const) {
    const known = freshCells(bench.results, name);
    if (hasCells(known, freshMode, fraction) || !isFreshWanted(name, fraction)) continue;
    const fresh = [...known, ...(await trainCells(bench, run, fraction, freshMode))];
    keep(bench, hasOwnEncoder(name) ? changed(bench, name, { fresh }) : { fresh });
  }
  const { cells } = bench.results.methods[name];
  if (hasCells(cells, mode, fraction)) return;
  const more = await trainCells(bench, run, fraction, mode);
  keep(bench, changed(bench, name, { cells: [...cells, ...more] }));
}

function freshCells({ fresh, methods }: LabelResults, name: string): readonly ReportCell[] {
  return hasOwnEncoder(name) ? (methods[name]?.fresh ?? []) : fresh;
}

/** Of an encoder that only one method has, the share that the comparison is about is enough. */
function isFreshWanted(name: string, fraction: number): boolean {
  return !hasOwnEncoder(name) || fraction === fractions[0];
}

function changed({ results }: Bench, name: string, change: Partial<MethodResult>): Partial<LabelResults> {
  return { methods: { ...results.methods, [name]: { ...results.methods[name], ...change } } };
}

function hasCells(cells: readonly ReportCell[], mode: ReportMode, fraction: number): boolean {
  return cells.some((cell) => cell.mode === mode && cell.fraction === fraction);
}

/** The number of the method's finished run. What was interrupted before this bench could see its end is begun anew. */
async function pretrained(bench: Bench, name: string): Promise<number> {
  const { project, options } = bench;
  const { runs } = await withReadOnlyLibrary(project, projectStatus);
  const done = runs.findLast(
    ({ kind, method, state }) => kind === 'pretrain' && method === name && state === 'done',
  );
  if (done && bench.results.methods[name]) return done.id;
  say(`${name}: pretraining`);
  const recipe = ['--method', name, '--width', String(options.width), '--epochs', String(options.epochs)];
  const killed = await pretrainKilled(
    [project, ...recipe, '--seed', String(seed), '--device', 'cpu'],
    Math.ceil(options.epochs / 2),
  );
  const { knn, batchSize, stepsPerEpoch } = await curveOf(project, killed.run);
  const { steps, seconds, resumedFrom } = killed;
  const imagesPerSecond = (steps * batchSize) / seconds;
  const pretraining: PretrainedMethod = {
    recipe: recipeFingerprint(name),
    ...{ seconds, steps, batchSize, imagesPerSecond, resumedFrom },
    knn: knn.map(({ step, value }) => ({ epoch: Math.round(step / stepsPerEpoch), accuracy: value })),
  };
  keep(bench, changed(bench, name, { pretrained: pretraining, cells: [] }));
  return killed.run;
}

interface Curve {
  readonly knn: readonly { readonly step: number; readonly value: number }[];
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
}

function curveOf(project: string, run: number): Promise<Curve> {
  return withReadOnlyLibrary(project, async ({ read }) => {
    const row = await read.requireRun(String(run));
    const { plan } = row.settings as unknown as { plan: { batchSize: number; stepsPerEpoch: number } };
    const knn = await read.listMetrics(row.id, 'knnAccuracy');
    return { knn, batchSize: plan.batchSize, stepsPerEpoch: plan.stepsPerEpoch };
  });
}

async function trainCells(
  { project, results }: Bench,
  run: number,
  fraction: number,
  mode: ReportMode,
): Promise<readonly ReportCell[]> {
  const { maxSteps, maxStepsOnAll } = results.recipe;
  const wish = {
    ...{ checkpointRun: String(run), fractions: [fraction], draws, modes: [mode], device: 'cpu' as const },
    settings: { maxSteps: mode === 'finetune' && fraction === 1 ? maxStepsOnAll : maxSteps },
  };
  const { cells } = await withLibrary(project, (library) => labelReport(library, wish, () => undefined));
  for (const cell of cells) {
    const { draw, top1, seconds } = cell;
    say(
      `  ${modeNames[mode]}, ${cell.labels} labels, draw ${draw}: ${percent(top1.value)} in ${seconds.toFixed(0)} s`,
    );
  }
  return cells;
}

function knnChart({ methods }: LabelResults): string {
  const points = (knn: readonly KnnPoint[]): { x: number; y: number }[] =>
    knn.map(({ epoch, accuracy }) => ({ x: epoch, y: accuracy }));
  return lineChart({
    title: 'What the nearest labelled photographs tell, while it is pretrained',
    xTitle: 'epochs',
    axes: 'linear',
    series: Object.entries(methods).map(([name, { pretrained: of }]) => ({
      name: methodTitle(name),
      points: points(of.knn),
    })),
    formatX: (value) => String(value),
    formatY: (value) => `${Math.round(value * 100)} %`,
  });
}

/** The linear probe at 1 % of the labels against training from scratch on the same ones. */
function comparison(results: LabelResults, name: string): BenchResult {
  const { methods } = results;
  const fresh = freshCells(results, name);
  const own = methods[name].cells.filter((cell) => cell.mode === 'probe' && cell.fraction === fractions[0]);
  const other = fresh.filter((cell) => cell.mode === 'scratch' && cell.fraction === fractions[0]);
  const values = (cells: readonly ReportCell[]): number[] => cells.map(({ top1 }) => top1.value);
  const [ours, theirs] = [own, other].map(values);
  return {
    bench: `labels: ${name}, linear probe against from scratch, 1 % of the labels`,
    ...{ ratio: mean(ours) / mean(theirs), ours: mean(ours), theirs: mean(theirs) },
    ...{ unit: 'top-1 accuracy', runs: own.length, spread: { ours, theirs } },
    details: methods[name],
  };
}
