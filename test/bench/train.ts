import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { importIntoProject } from '../../main/app/importIntoProject.ts';
import { plural } from '../../main/cli/format.ts';
import { coreCount } from '../../main/engine/execute/ort/coreCount.ts';
import { debianPython3 } from '../helpers/requirement.ts';
import { startLineProcess, type LineProcess } from './lineProcess.ts';
import { torchShape, type StepShape } from './ourStep.ts';
import { machine, say, type BenchResult } from './report.ts';
import { nameOf } from './stepShapes.ts';
import { describeTrain, fastest, trainResult, type Trial } from './trainResult.ts';
import type { TurnRequest } from './trainTurns.ts';

export interface TrainBenchOptions {
  /** A folder with a folder for each class. */
  readonly data: string;
  /** Keeps the project there. */
  readonly out?: string;
  readonly rounds: number;
  /** Timed steps of a turn. */
  readonly steps: number;
  /** Only the shapes whose name contains this. */
  readonly only: string;
}

const shapes: readonly StepShape[] = [
  { method: 'simclr', encoder: 'resnet18', pairs: 64, width: 0.25, imageSize: 32 },
  { method: 'simclr', encoder: 'resnet18', pairs: 32, width: 1, imageSize: 32 },
];

/** More than what either side reads ahead: a DataLoader two batches a worker. */
const uncounted = 6;

/**
 * A whole training against PyTorch's, in turns: ours from a project's stored pixels, theirs from the JPEG files by
 * torchvision's views in a DataLoader. Of its layouts and numbers of workers those count that are fastest in a trial.
 */
export async function benchTrain(options: TrainBenchOptions): Promise<readonly BenchResult[]> {
  say(`Machine: ${machine()}, ${coreCount()} threads on each side; turns of ${options.steps} steps.`);
  const scratch = mkdtempSync(join(tmpdir(), 'genoise-bench-'));
  try {
    const project = join(options.out ?? scratch, 'project');
    const folders = [resolve(options.data)];
    const { images } = await importIntoProject(project, { folders, heldOutFraction: 0 }, () => undefined);
    say(`${plural(images, 'photograph')} in the project`);
    const results: BenchResult[] = [];
    for (const shape of shapes) {
      if (nameOf(shape).includes(options.only)) results.push(await compare(shape, project, options));
    }
    return results;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function compare(shape: StepShape, project: string, options: TrainBenchOptions): Promise<BenchResult> {
  const trials: Trial[] = [];
  for (const layout of ['contiguous', 'channels_last'] as const) {
    for (const workers of [0, 1, 2]) trials.push(await tryTorch(shape, { layout, workers }, options));
  }
  const best = fastest(trials);
  const ours = startOurs(shape, project);
  const theirs = startTorch(shape, best, options);
  try {
    await ours.read();
    const torch = await theirs.read();
    const speeds: { readonly ours: number[]; readonly theirs: number[] } = { ours: [], theirs: [] };
    let waitingShare: number | undefined;
    for (let round = 0; round < options.rounds; round++) {
      const own = await takeTurn(ours, shape, options);
      const torchs = await takeTurn(theirs, shape, options);
      waitingShare = own.waitingShare;
      speeds.ours.push(own.imagesPerSecond);
      speeds.theirs.push(torchs.imagesPerSecond);
      const told = [own, torchs].map(({ imagesPerSecond }) => imagesPerSecond.toFixed(0)).join(' and ');
      say(`  round ${round + 1}: ours and PyTorch ${told} images/s`);
    }
    const details = { machine: machine(), trials, best, torch, waitingShare };
    const result = trainResult(nameOf(shape), speeds, details);
    say(describeTrain(result, best));
    say(`  ours waited for its batches for ${(100 * (waitingShare ?? NaN)).toFixed(1)} % of the time`);
    return result;
  } finally {
    await Promise.all([ours.end(), theirs.end()]);
  }
}

async function tryTorch(
  shape: StepShape,
  way: Pick<Trial, 'layout' | 'workers'>,
  options: TrainBenchOptions,
): Promise<Trial> {
  const torch = startTorch(shape, way, options);
  try {
    await torch.read();
    const { imagesPerSecond } = await takeTurn(torch, shape, options);
    say(
      `  PyTorch, ${way.layout}, ${plural(way.workers, 'worker')}: ${imagesPerSecond.toFixed(0)} images/s in a trial`,
    );
    return { ...way, imagesPerSecond };
  } finally {
    await torch.end();
  }
}

function startOurs(shape: StepShape, project: string): LineProcess {
  const script = join(import.meta.dirname, 'trainOurs.ts');
  return startLineProcess(process.execPath, [script, JSON.stringify({ ...shape, project })], 'see above');
}

function startTorch(
  shape: StepShape,
  way: Pick<Trial, 'layout' | 'workers'>,
  { data }: TrainBenchOptions,
): LineProcess {
  const script = join(import.meta.dirname, 'train.py');
  const request = { ...torchShape(shape), ...way, threads: coreCount(), data: resolve(data) };
  const advice = 'are Debian’s python3-torch and python3-torchvision installed?';
  return startLineProcess(debianPython3, [script, JSON.stringify(request)], advice);
}

async function takeTurn(
  side: LineProcess,
  { pairs }: StepShape,
  { steps }: TrainBenchOptions,
): Promise<{ readonly imagesPerSecond: number; readonly waitingShare?: number }> {
  const turn: TurnRequest = { uncounted, steps };
  const { seconds, ...rest } = (await side.ask(JSON.stringify(turn))) as {
    seconds: number;
    waitingShare?: number;
  };
  return { ...rest, imagesPerSecond: (pairs * steps) / seconds };
}
