import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labelImages } from '../../main/app/labelImages.ts';
import { pretrainEncoder, resumePretraining, type OnTrainingEvent } from '../../main/app/pretrainEncoder.ts';
import { projectStatus } from '../../main/app/projectStatus.ts';
import { trainClassifier } from '../../main/app/trainClassifier.ts';
import { withLibrary, withReadOnlyLibrary } from '../../main/app/withLibrary.ts';
import { describeTrainingEvent } from '../../main/cli/trainingText.ts';
import { formatTable } from '../../main/cli/format.ts';
import type { ClassifierMode } from '../../shared/classifying.ts';
import type { Json } from '../../shared/records.ts';
import { barChart } from './barChart.ts';
import { provideFewLabelsProject } from './fewLabelsProject.ts';
import { knnOnHeldOut } from './knnOnHeldOut.ts';
import { machine, say, type BenchResult } from './report.ts';
import { deviation, mean, range } from './statistics.ts';

export interface PhotographBenchOptions {
  readonly data: string;
  readonly out: string;
  readonly epochs: number;
  readonly batch: number;
  readonly width: number;
  readonly method: string;
  readonly draws: number;
  /** An SVG to draw. */
  readonly plot?: string;
}

const fractions = [0.01, 0.1] as const;
const modes: readonly ClassifierMode[] = ['probe', 'finetune', 'scratch', 'random-encoder'];

/** One trained classifier: what it was trained on and what it scored on the test folder. */
interface Cell {
  readonly fraction: number;
  readonly draw: number;
  readonly mode: ClassifierMode;
  readonly labels: number;
  readonly top1: number;
  readonly n: number;
  readonly seconds: number;
  readonly report: Json;
}

interface Results {
  readonly knn: number | null;
  readonly cells: readonly Cell[];
}

/**
 * Pretrains on the photographs of `train/` without their labels, then trains on 1 % and 10 % of the labels in four
 * ways, several draws each, and measures on `test/`. What `out` already holds is not done again.
 */
export async function benchPhotographs(options: PhotographBenchOptions): Promise<readonly BenchResult[]> {
  say(`Machine: ${machine()}`);
  mkdirSync(options.out, { recursive: true });
  const project = join(options.out, 'project');
  await provideFewLabelsProject(project, options.data, 'photographs');
  const run = await pretrained(project, options);
  const file = join(options.out, 'results.json');
  let results: Results = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Results)
    : { knn: null, cells: [] };
  const keep = (next: Results): void => {
    results = next;
    writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  };
  if (results.knn === null) keep({ ...results, knn: await knnOnHeldOut(project, run) });
  for (let draw = 1; draw <= options.draws; draw++) {
    for (const fraction of fractions) {
      for (const mode of modes) {
        if (
          results.cells.some((cell) => cell.fraction === fraction && cell.draw === draw && cell.mode === mode)
        )
          continue;
        const cell = await measureCell(project, { run, fraction, draw, mode });
        say(
          `${mode} at ${fraction * 100} %, draw ${draw}: ${(cell.top1 * 100).toFixed(1)} % in ${cell.seconds.toFixed(0)} s`,
        );
        keep({ ...results, cells: [...results.cells, cell] });
      }
    }
  }
  return summarise(results, options);
}

/** The number of a finished pretraining run: the one that is there, or a new one, or one that was interrupted. */
async function pretrained(project: string, options: PhotographBenchOptions): Promise<number> {
  const onEvent: OnTrainingEvent = (event, run) => {
    const { line } = describeTrainingEvent(event, run);
    if (line !== undefined) say(line);
  };
  const status = await withReadOnlyLibrary(project, projectStatus);
  const runs = status.runs.filter((run) => run.kind === 'pretrain' && run.method === options.method);
  const done = runs.find((run) => run.state === 'done');
  if (done) return done.id;
  const interrupted = runs.find((run) => run.state === 'interrupted');
  if (interrupted) {
    const id = String(interrupted.id);
    return (await withLibrary(project, (library) => resumePretraining(library, id, onEvent))).run;
  }
  await label(project, 0.1, 1);
  const { method, width, batch, epochs } = options;
  const recipe = {
    method,
    settings: {},
    encoder: { name: 'resnet18', width },
    imageSize: null,
    batchSize: batch,
    epochs,
    minutes: null,
    learningRate: null,
    preset: 'natural',
    seed: 1,
    device: 'cpu',
  } as const;
  const summary = await withLibrary(project, (library) => pretrainEncoder(library, recipe, onEvent));
  return summary.run;
}

/** Labels a share of the training photographs, and no others. */
async function label(project: string, fraction: number, draw: number): Promise<void> {
  const options = {
    source: { kind: 'folders' },
    budget: { fraction },
    seed: String(draw),
    replace: true,
  } as const;
  await withLibrary(project, (library) => labelImages(library, options));
}

async function measureCell(
  project: string,
  { run, fraction, draw, mode }: Pick<Cell, 'fraction' | 'draw' | 'mode'> & { readonly run: number },
): Promise<Cell> {
  await label(project, fraction, draw);
  const start = performance.now();
  const { evaluation, labels, report } = await withLibrary(project, (library) =>
    trainClassifier(
      library,
      {
        mode,
        checkpointRun: String(run),
        encoder: null,
        imageSize: null,
        settings: {},
        seed: draw,
        device: 'cpu',
      },
      () => undefined,
    ),
  );
  if (evaluation?.on !== 'held-out') throw new Error('the test photographs were not measured');
  const { value, n } = evaluation.evaluation.top1;
  return {
    fraction,
    draw,
    mode,
    labels,
    top1: value,
    n,
    seconds: (performance.now() - start) / 1000,
    report,
  };
}

function summarise({ knn, cells }: Results, options: PhotographBenchOptions): readonly BenchResult[] {
  say(`kNN (k = 20) on the test photographs: ${((knn ?? 0) * 100).toFixed(1)} %`);
  const rows = modes.map((mode) => [
    mode,
    ...fractions.map((fraction) => describe(scores(cells, fraction, mode))),
  ]);
  if (options.plot !== undefined) writeFileSync(options.plot, drawing(cells, options));
  say(formatTable(['', ...fractions.map((fraction) => `${fraction * 100} % of the labels`)], rows));
  return fractions.map((fraction) => {
    const ours = scores(cells, fraction, 'finetune');
    const theirs = scores(cells, fraction, 'scratch');
    return {
      bench: `photographs ${options.method}, fine-tuned against from scratch, ${fraction * 100} % of the labels`,
      ratio: mean(ours) / mean(theirs),
      ours: mean(ours),
      theirs: mean(theirs),
      unit: 'top-1 accuracy',
      runs: ours.length,
      spread: { ours: range(ours), theirs: range(theirs) },
      details: { knn, cells },
    };
  });
}

const names: Readonly<Record<ClassifierMode, string>> = {
  'random-encoder': 'random, probe',
  scratch: 'from scratch',
  probe: 'pretrained, probe',
  finetune: 'pretrained, fine-tuned',
};

function drawing(cells: readonly Cell[], { method }: PhotographBenchOptions): string {
  const order: readonly ClassifierMode[] = ['random-encoder', 'scratch', 'probe', 'finetune'];
  const title = method === 'simclr' ? 'SimCLR' : method;
  return barChart({
    title: `Few labels with and without ${title} pretraining`,
    unit: 'top-1 on the test photographs',
    groups: fractions.map((fraction) => ({
      label: `${cells.find((cell) => cell.fraction === fraction)?.labels ?? 0} labels (${fraction * 100} %)`,
      bars: order.map((mode) => {
        const values = scores(cells, fraction, mode);
        return { series: names[mode], value: mean(values), error: deviation(values) };
      }),
    })),
  });
}

function scores(cells: readonly Cell[], fraction: number, mode: ClassifierMode): number[] {
  return cells.filter((cell) => cell.fraction === fraction && cell.mode === mode).map((cell) => cell.top1);
}

function describe(values: readonly number[]): string {
  return `${(mean(values) * 100).toFixed(1)} ± ${(deviation(values) * 100).toFixed(1)}`;
}
