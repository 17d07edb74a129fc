import { pretrainingEnvironment } from '../../main/worker/hostEnvironment.ts';
import { debianPython3 } from '../helpers/requirement.ts';
import { startLineProcess } from './lineProcess.ts';
import { torchShape, type LoweringName, type OurStep, type StepShape, type TimedStep } from './ourStep.ts';
import { peakMegabytes } from './peakMemory.ts';
import { machine, say, type BenchResult } from './report.ts';
import { median, range } from './statistics.ts';
import { nameOf, stepShapes } from './stepShapes.ts';

export interface StepBenchOptions {
  readonly rounds: number;
  readonly warmup: number;
  readonly lowering: LoweringName;
  /** Only the shapes whose name contains this. */
  readonly only: string;
  /** Whether to tell the milliseconds of each kind of operator. */
  readonly profile: boolean;
}

const layouts = ['contiguous', 'channels_last'] as const;
const threads = 2;

/** Our whole training step (views, forward, backward, update) against PyTorch's on ready-made views, in turns. */
export async function benchStep(options: StepBenchOptions): Promise<readonly BenchResult[]> {
  say(`Machine: ${machine()}, ${threads} threads on each side; ours in the ${options.lowering} lowering.`);
  const results: BenchResult[] = [];
  for (const shape of stepShapes) {
    if (nameOf(shape).includes(options.only)) results.push(await compare(shape, options));
  }
  return results;
}

async function compare(shape: StepShape, options: StepBenchOptions): Promise<BenchResult> {
  const ours = await startOurStep(shape, options.lowering);
  try {
    const ourTimes: number[] = [];
    const theirs: TorchTimes[] = [];
    // One of PyTorch's processes at a time: two of them take the cores from each other while they wait.
    for (const layout of layouts) {
      const { own, torch } = await timeAgainst(ours, shape, layout, options);
      ourTimes.push(...own);
      theirs.push(torch);
    }
    const memory = peakMegabytes(ours.pid);
    const opKinds = options.profile ? await ours.profile() : undefined;
    return report(shape, options, ourTimes, theirs, { ours, memory, opKinds });
  } finally {
    await ours.dispose();
  }
}

/** PyTorch in one of its memory layouts. */
interface TorchTimes {
  readonly layout: (typeof layouts)[number];
  readonly times: readonly number[];
  /** MB at most. */
  readonly memory: number;
  readonly configuration: unknown;
}

async function timeAgainst(
  ours: TimedStep,
  shape: StepShape,
  layout: TorchTimes['layout'],
  options: StepBenchOptions,
): Promise<{ readonly own: readonly number[]; readonly torch: TorchTimes }> {
  const theirs = await prepareTorchStep(shape, layout);
  try {
    const [own, times] = await timeInTurns([ours, theirs], options);
    const { configuration, pid } = theirs;
    return { own, torch: { layout, times, memory: peakMegabytes(pid), configuration } };
  } finally {
    await theirs.dispose();
  }
}

/** Steps of one side before the other's turn: just after a turn the other's threads may still spin. */
const turn = 5;

/** Each side in turns of several steps, of which the first does not count. */
async function timeInTurns(
  sides: readonly TimedStep[],
  { rounds, warmup }: StepBenchOptions,
): Promise<number[][]> {
  const times: number[][] = sides.map(() => []);
  for (const side of sides) for (let step = 0; step < warmup; step++) await side.run();
  for (let done = 0; done < rounds; done += turn) {
    for (const [i, side] of sides.entries()) {
      await side.run();
      for (let step = done; step < Math.min(rounds, done + turn); step++) {
        times[i].push((await side.run()).milliseconds);
      }
    }
  }
  return times;
}

interface Details {
  readonly ours: OurProcess;
  /** MB at most, of our process. */
  readonly memory: number;
  readonly opKinds: OpKinds | undefined;
}

/** PyTorch's better layout counts. */
function report(
  shape: StepShape,
  { lowering, rounds }: StepBenchOptions,
  ourTimes: readonly number[],
  theirs: readonly TorchTimes[],
  { ours, memory, opKinds }: Details,
): BenchResult {
  const name = `step ${nameOf(shape)}`;
  const best = theirs.reduce((a, b) => (median(b.times) < median(a.times) ? b : a));
  const [oursMedian, theirsMedian] = [median(ourTimes), median(best.times)];
  const ratio = theirsMedian / oursMedian;
  const torch = theirs.map(({ layout, times }) => `${layout} ${describe(times)}`).join(', ');
  const { compile, lowering: writing } = ours.preparation;
  say(`${name}: ours ${describe(ourTimes)}, PyTorch ${torch}, ratio ${ratio.toFixed(2)}`);
  say(`  prepared in ${compile.toFixed(0)} ms, ${writing.toFixed(0)} ms of them to write the model`);
  say(`  memory at most: ours ${memory} MB, PyTorch ${best.memory} MB`);
  if (opKinds) say(`  ms by operator: ${JSON.stringify(opKinds)}`);
  return {
    bench: name,
    ratio,
    ours: oursMedian,
    theirs: theirsMedian,
    unit: 'ms per step',
    runs: rounds,
    spread: { ours: range(ourTimes), theirs: range(best.times) },
    details: {
      machine: machine(),
      lowering,
      layout: best.layout,
      torch: best.configuration,
      memory,
      opKinds,
    },
  };
}

function describe(times: readonly number[]): string {
  const [low, high] = range(times);
  return `${median(times).toFixed(0)} ms (${low.toFixed(0)}–${high.toFixed(0)})`;
}

type OpKinds = Readonly<Record<string, number>>;

/** Our step in a process of its own. */
interface OurProcess extends TimedStep, Pick<OurStep, 'preparation'> {
  readonly pid: number;
  profile(): Promise<OpKinds>;
}

async function startOurStep(shape: StepShape, lowering: LoweringName): Promise<OurProcess> {
  const script = new URL('./ourStepProcess.ts', import.meta.url).pathname;
  const request = JSON.stringify({ shape, lowering });
  const ours = startLineProcess(process.execPath, [script, request], 'see above', pretrainingEnvironment);
  const preparation = (await ours.read()) as OurStep['preparation'];
  return {
    preparation,
    pid: ours.pid,
    run: async () => (await ours.ask('step')) as { milliseconds: number; loss: number },
    profile: async () => (await ours.ask('profile')) as OpKinds,
    dispose: () => ours.end(),
  };
}

async function prepareTorchStep(
  shape: StepShape,
  layout: string,
): Promise<TimedStep & { readonly configuration: unknown; readonly pid: number }> {
  const script = new URL('./step.py', import.meta.url).pathname;
  const request = { ...torchShape(shape), layout, threads };
  const torch = startLineProcess(
    debianPython3,
    [script, JSON.stringify(request)],
    'is Debian’s python3-torch installed?',
  );
  const configuration = await torch.read();
  say(`PyTorch, ${layout}: ${JSON.stringify(configuration)}`);
  return {
    configuration,
    pid: torch.pid,
    run: async () => (await torch.ask('step')) as { milliseconds: number; loss: number },
    dispose: () => torch.end(),
  };
}
