import { describe, expect, it } from 'vitest';
import { createReferenceExecutor } from '../../main/engine/execute/reference/referenceExecutor.ts';
import { graphFeeds } from '../../main/engine/graph/graph.ts';
import { initialState } from '../../main/nn/initialize.ts';
import { methods } from '../../main/ssl/methods.ts';
import { smallImageSgd } from '../../main/ssl/smallImageOptimizers.ts';
import { buildMethodTraining, type MethodTraining } from '../helpers/methodStep.ts';
import { integers, randomTensor, tensor } from '../helpers/tensors.ts';
import { tinySettings } from '../helpers/tinyTraining.ts';
import { plainTensorFlow } from './plainTensorFlow.ts';
import type { Executor, Tensors } from '../../main/engine/execute/executor.ts';
import type { OptimizerSettings } from '../../main/nn/optimizers.ts';
import type { NumericArray, Shape, Tensor } from '../../main/engine/graph/node.ts';

// Three steps of each method: losses, gradients and the whole state, against the reference in float64.

const batchSize = 8;
const side = 8;
const tolerance = 1e-4;

interface Training {
  readonly outputs: readonly Tensors[];
  readonly state: Tensors;
}

/**
 * In place of a method's own: AdamW makes a step of full length out of a gradient that is nothing but rounding, as that
 * of a layer before a normalisation at the end of SimSiam's and BYOL's heads.
 */
const others: Readonly<Record<string, OptimizerSettings>> = {
  simsiam: smallImageSgd(0.06),
  byol: smallImageSgd(0.06),
};

describe.each(methods)('$name on TensorFlow.js', (method) => {
  const { settings, optimizer: own } = method.defaults('small');
  const optimizer = others[method.name] ?? own;
  const small = { ...settings, ...tinySettings[method.name as keyof typeof tinySettings] };
  const sides = method.views(small, 'small', side).map(({ size }) => size);
  const training = buildMethodTraining({ method, settings: small, batchSize, side, sides }, optimizer);

  it('takes the same three steps as the reference', async () => {
    const [actual, expected] = [
      await train(plainTensorFlow, training),
      await train(createReferenceExecutor(), training),
    ];
    const losses = expected.outputs.map(({ loss }) => loss.data[0]);
    expect(new Set(losses).size).toBe(3);
    actual.outputs.forEach((outputs, step) => expectClose(outputs, expected.outputs[step], `step ${step}`));
    expectClose(actual.state, expected.state, 'state');
  });
});

async function train(executor: Executor, { graph, variables }: MethodTraining): Promise<Training> {
  const drawn = [...variables.declared.values()].map(
    ({ name, shape }, i) => [name, randomTensor(shape, i + 1, shape.length === 1 ? 0.5 : -0.5, 0.9)] as const,
  );
  // What the optimizer keeps starts as it does: not all of it may be negative.
  const others = drawn.filter(([name]) => !name.startsWith('optimizer.'));
  const start: Tensors = { ...initialState(variables, 1), ...Object.fromEntries(others) };
  const program = await executor.compile(graph, start);
  const outputs: Tensors[] = [];
  for (let step = 0; step < 3; step++) outputs.push(await program.step(feedsOf(graph, step)));
  const state = await program.read();
  await program.dispose();
  return { outputs, state };
}

function feedsOf(graph: MethodTraining['graph'], step: number): Tensors {
  return Object.fromEntries(
    [...graphFeeds(graph)].map(([name, { shape }]) => [name, feedOf(name, shape, step)]),
  );
}

function feedOf(name: string, shape: Shape, step: number): Tensor {
  if (name === 'indices')
    return integers(Array.from({ length: batchSize }, (_, i) => (i + step) % batchSize));
  if (name.startsWith('view')) {
    return randomTensor(shape.map(Number), 20 * step + name.length + Number(name.slice('view'.length)));
  }
  return tensor([], [name.endsWith('earningRate') ? 0.05 : 0.9]);
}

/** Compares each tensor relative to its own greatest value, and to the greatest of all where its own is rounding. */
function expectClose(actual: Tensors, expected: Tensors, what: string): void {
  const scale = Math.max(...Object.values(expected).map(({ data }) => greatest(data)));
  expect(Object.keys(actual).toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const [name, { shape, data }] of Object.entries(expected)) {
    expect(actual[name].shape, name).toEqual(shape);
    const allowed = tolerance * Math.max(greatest(data), 0.01 * scale);
    const difference = greatest(data.map((value, i) => value - actual[name].data[i]));
    expect(difference, `${what}: ${name}`).toBeLessThanOrEqual(allowed);
  }
}

function greatest(values: NumericArray): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
