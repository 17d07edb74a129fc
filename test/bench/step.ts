import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { debianPython3 } from '../helpers/requirement.ts';
import { prepareOurStep, type StepShape, type TimedStep } from './ourStep.ts';
import { machine, say, type BenchResult } from './report.ts';
import { median, range } from './statistics.ts';

export interface StepBenchOptions {
  readonly rounds: number;
  readonly warmup: number;
  readonly layout: 'contiguous' | 'channels_last';
}

/** The two sizes that the project watches: many channels, and many images. */
const shapes: readonly StepShape[] = [
  { method: 'simclr', pairs: 32, width: 1, imageSize: 32 },
  { method: 'simclr', pairs: 64, width: 0.25, imageSize: 32 },
];
const threads = 2;

/** Our whole training step (views, forward, backward, update) against PyTorch's on ready-made views, in turns. */
export async function benchStep(options: StepBenchOptions): Promise<readonly BenchResult[]> {
  say(`Machine: ${machine()}, ${threads} threads on each side.`);
  const results: BenchResult[] = [];
  for (const shape of shapes) results.push(await compare(shape, options));
  return results;
}

async function compare(shape: StepShape, { rounds, warmup, layout }: StepBenchOptions): Promise<BenchResult> {
  const ours = await prepareOurStep(shape);
  const theirs = await prepareTorchStep(shape, layout);
  const times = { ours: [] as number[], theirs: [] as number[] };
  try {
    for (let round = 0; round < warmup + rounds; round++) {
      const [a, b] = [await ours.run(), await theirs.run()];
      if (round < warmup) continue;
      times.ours.push(a.milliseconds);
      times.theirs.push(b.milliseconds);
    }
  } finally {
    await ours.dispose();
    await theirs.dispose();
  }
  const name = `step ${shape.method} ${shape.pairs} images × 2 views, ResNet-18 width ${64 * shape.width}, ${shape.imageSize} px`;
  const [oursMedian, theirsMedian] = [median(times.ours), median(times.theirs)];
  say(
    `${name}: ours ${describe(times.ours)}, PyTorch (${layout}) ${describe(times.theirs)}, ratio ${(theirsMedian / oursMedian).toFixed(2)}`,
  );
  return {
    bench: name,
    ratio: theirsMedian / oursMedian,
    ours: oursMedian,
    theirs: theirsMedian,
    unit: 'ms per step',
    runs: rounds,
    spread: { ours: range(times.ours), theirs: range(times.theirs) },
    details: { machine: machine(), layout, torch: theirs.configuration },
  };
}

function describe(times: readonly number[]): string {
  const [low, high] = range(times);
  return `${median(times).toFixed(0)} ms (${low.toFixed(0)}–${high.toFixed(0)})`;
}

async function prepareTorchStep(
  { pairs, width, imageSize }: StepShape,
  layout: string,
): Promise<TimedStep & { readonly configuration: unknown }> {
  const script = new URL('./step.py', import.meta.url).pathname;
  const child = spawn(
    debianPython3,
    [script, String(pairs), String(64 * width), String(imageSize), layout, String(threads)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('PyTorch ended early; is Debian’s python3-torch installed?');
    return JSON.parse(value) as unknown;
  };
  const configuration = await read();
  say(`PyTorch: ${JSON.stringify(configuration)}`);
  return {
    configuration,
    run: async () => {
      child.stdin.write('step\n');
      return (await read()) as { milliseconds: number; loss: number };
    },
    dispose: async () => {
      child.stdin.end();
    },
  };
}
