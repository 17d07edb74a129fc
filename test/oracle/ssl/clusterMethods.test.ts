import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ortExecutor } from '../../../main/engine/execute/ort/ortExecutor.ts';
import { createReferenceExecutor } from '../../../main/engine/execute/reference/referenceExecutor.ts';
import { graphFeeds } from '../../../main/engine/graph/graph.ts';
import { pirl } from '../../../main/ssl/pirl.ts';
import { swav } from '../../../main/ssl/swav.ts';
import { buildMethodTraining, type MethodTraining } from '../../helpers/methodStep.ts';
import { relativeDifference } from '../nn/closeness.ts';
import type { Executor, Tensors } from '../../../main/engine/execute/executor.ts';
import type { Tensor } from '../../../main/engine/graph/node.ts';
import type { OptimizerSettings } from '../../../main/nn/optimizers.ts';
import type { Method } from '../../../main/ssl/method.ts';

// Three steps of SwAV and PIRL against PyTorch (makeClusterFixtures.py): losses, gradients and the whole state, with a
// queue that starts in the third step, prototypes that are frozen in the first, and a memory bank of more images than
// the batch has.

interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
type StoredTensors = Readonly<Record<string, StoredTensor>>;

interface Fixture {
  readonly settings: object;
  readonly optimizer: OptimizerSettings;
  readonly batchSize: number;
  readonly sides: readonly number[];
  readonly sampleCount: number;
  readonly initial: StoredTensors;
  readonly steps: readonly {
    readonly learningRate: number;
    readonly schedules: Readonly<Record<string, number>>;
    readonly indices: readonly number[];
    readonly views: readonly StoredTensor[];
    readonly loss: number;
  }[];
  readonly gradients: StoredTensors;
  readonly final: StoredTensors;
  readonly slots: StoredTensors;
}

const cases: readonly { file: string; method: Method }[] = [
  { file: 'swav', method: swav },
  { file: 'swavTwoCrops', method: swav },
  { file: 'swavUnbalanced', method: swav },
  { file: 'pirl', method: pirl },
  { file: 'pirlSampled', method: pirl },
];

const executors: readonly { title: string; executor: Executor; tolerance: number }[] = [
  { title: 'reference in float64', executor: createReferenceExecutor(), tolerance: 1e-7 },
  { title: 'ONNX Runtime on the CPU', executor: ortExecutor({ device: 'cpu' }), tolerance: 1e-4 },
];

describe.each(cases)('$file against PyTorch', ({ file, method }) => {
  const fixture = readFixture(file);
  const step = buildMethodTraining({ method, ...fixture, side: fixture.sides[0] }, fixture.optimizer);
  const final = { ...fixture.final, ...slotsOf(fixture) };

  it('declares the same state', () => {
    expect([...step.variables.declared.keys()].sort()).toEqual(Object.keys(final).sort());
  });

  it.each(executors)('three steps agree: $title', async ({ executor, tolerance }) => {
    const program = await executor.compile(step.graph, firstState(step, fixture));
    for (const [index, { loss }] of fixture.steps.entries()) {
      const outputs = await program.step(feedsOf(step, fixture, index));
      expect(Math.abs(outputs.loss.data[0] - loss), `loss of step ${index}`).toBeLessThan(tolerance * loss);
      if (index === 0) expectClose(outputs, fixture.gradients, tolerance, 'gradient.');
    }
    const state = await program.read();
    await program.dispose();
    expectClose(state, final, tolerance);
  });
});

function readFixture(name: string): Fixture {
  const path = resolve(import.meta.dirname, `../../fixtures/ssl/${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as Fixture;
}

function slotsOf({ slots }: Fixture): StoredTensors {
  return Object.fromEntries(
    Object.entries(slots).map(([name, slot]) => [`optimizer.momentum.${name}`, slot]),
  );
}

function firstState({ variables }: MethodTraining, { initial }: Fixture): Tensors {
  const values = [...variables.declared.values()].map(({ name, shape }) => {
    const count = shape.reduce((product, dim) => product * dim, 1);
    return [name, toTensor(initial[name] ?? { shape, data: new Array<number>(count).fill(0) })] as const;
  });
  return Object.fromEntries(values);
}

function feedsOf({ graph }: MethodTraining, { steps }: Fixture, index: number): Tensors {
  const { learningRate, views, schedules, indices } = steps[index];
  const scalar = (value: number): Tensor => toTensor({ shape: [], data: [value] });
  const all = new Map<string, Tensor>([
    ...views.map((view, i) => [`view${i}`, toTensor(view)] as const),
    ...Object.entries(schedules).map(([name, value]) => [`schedule.${name}`, scalar(value)] as const),
    ['learningRate', scalar(learningRate)],
    ['indices', { dtype: 'int32', shape: [indices.length], data: Int32Array.from(indices) }],
  ]);
  return Object.fromEntries([...all].filter(([name]) => graphFeeds(graph).has(name)));
}

function toTensor({ shape, data }: StoredTensor): Tensor {
  return { dtype: 'float32', shape, data: Float64Array.from(data) };
}

/** Compares each tensor relative to its greatest value, and to a hundredth of the greatest of all where that is more. */
function expectClose(actual: Tensors, expected: StoredTensors, tolerance: number, prefix = ''): void {
  const greatest = (data: readonly number[]): number => Math.max(...data.map(Math.abs));
  const scale = Math.max(...Object.values(expected).map(({ data }) => greatest(data)));
  for (const [name, { shape, data }] of Object.entries(expected)) {
    const own = actual[prefix + name];
    expect(own.shape, name).toEqual(shape);
    const least = Math.max(greatest(data), 0.01 * scale);
    expect(relativeDifference([...own.data, least], [...data, least]), name).toBeLessThan(tolerance);
  }
}
