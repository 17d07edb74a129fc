import * as ops from '../../main/engine/graph/ops.ts';
import { integers, tensor } from '../helpers/tensors.ts';
import { valuesOf } from '../helpers/valuesOf.ts';
import type { Executor, Program, Tensors } from '../../main/engine/execute/executor.ts';
import type { Graph } from '../../main/engine/graph/graph.ts';

/**
 * Two numbers that follow each other (a' = b, b' = a + b), a factor that is only read, a value that is only
 * written, a queue of integers, pixels that stay, and a count of rank 0.
 */
export function storyGraph(): Graph {
  const [a, b] = [ops.state('a', [1]), ops.state('b', [1])];
  const factor = ops.state('factor', [1]);
  const queue = ops.state('queue', [3], 'int32');
  const pixels = ops.state('pixels', [2], 'uint8');
  const next = ops.feed('next', [1], 'int32');
  return {
    outputs: {
      product: ops.multiply(ops.multiply(a, factor), ops.reduceSum(ops.cast(pixels, 'float32'))),
      sum: ops.add(a, b),
    },
    updates: {
      a: b,
      b: ops.add(a, b),
      written: ops.multiply(b, factor),
      queue: ops.concat([ops.sliceAxis(queue, 0, 1, 3), next], 0),
      count: ops.add(ops.state('count', []), 1),
    },
  };
}

export const storyState: Tensors = {
  a: tensor([1], [1]),
  b: tensor([1], [2]),
  factor: tensor([1], [10]),
  queue: integers([7, 8, 9]),
  pixels: { dtype: 'uint8', shape: [2], data: Uint8Array.of(1, 2) },
  count: tensor([], [0]),
};

const wrong: readonly (readonly [string, (program: Program) => Promise<unknown>])[] = [
  ['no feed', (program) => program.step({})],
  ['unknown feed', (program) => program.step({ next: integers([1]), other: integers([1]) })],
  ['feed of another shape', (program) => program.step({ next: integers([1, 2]) })],
  ['feed of another dtype', (program) => program.step({ next: tensor([1], [1]) })],
  [
    'feed of too few values',
    (program) => program.step({ next: { dtype: 'int32', shape: [1], data: new Int32Array(0) } }),
  ],
  ['unknown state', (program) => program.load({ a: tensor([1], [99]), other: tensor([1], [1]) })],
  ['state of another shape', (program) => program.load({ a: tensor([1], [99]), b: tensor([2], [1, 2]) })],
  ['unknown state to read', (program) => program.read(['other'])],
];

export interface StoryLine {
  readonly what: string;
  readonly values: Readonly<Record<string, readonly number[]>> | string;
}

/** What an executor answers to a fixed sequence of calls, as plain values. */
export async function tellStateStory(executor: Executor): Promise<StoryLine[]> {
  const lines: StoryLine[] = [];
  const tell = async (what: string, tensors: Promise<Tensors>): Promise<void> => {
    lines.push({ what, values: valuesOf(await tensors) });
  };
  const program = await executor.compile(storyGraph(), storyState);
  await tell('at first', program.read());
  await tell('step 1', program.step({ next: integers([1]) }));
  await tell('step 2', program.step({ next: integers([2]) }));
  await tell('after 2', program.read(['b', 'a', 'written', 'queue', 'count']));
  for (const [what, call] of wrong) lines.push({ what, values: await messageOf(() => call(program)) });
  await tell('after errors', program.read());
  await program.load({ a: tensor([1], [100]), factor: tensor([1], [2]) });
  await tell('after load', program.read(['a', 'b', 'factor']));
  await tell('step 3', program.step({ next: integers([3]) }));
  await tell('after 3', program.read());
  await program.dispose();
  await program.dispose();
  lines.push({ what: 'disposed', values: await messageOf(() => program.step({ next: integers([1]) })) });
  const { b: _, ...withoutB } = storyState;
  lines.push({ what: 'missing', values: await messageOf(() => executor.compile(storyGraph(), withoutB)) });
  const misshapen = { ...storyState, b: tensor([2], [1, 2]) };
  lines.push({ what: 'misshapen', values: await messageOf(() => executor.compile(storyGraph(), misshapen)) });
  return lines;
}

async function messageOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return 'no error';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
