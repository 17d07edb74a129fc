import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ortExecutor } from '../../../main/engine/execute/ort/ortExecutor.ts';
import { createReferenceExecutor } from '../../../main/engine/execute/reference/referenceExecutor.ts';
import { graphFeeds } from '../../../main/engine/graph/graph.ts';
import { barlowTwins } from '../../../main/ssl/barlowTwins.ts';
import { byol } from '../../../main/ssl/byol.ts';
import { moco } from '../../../main/ssl/moco.ts';
import { mocoV1 } from '../../../main/ssl/mocoV1.ts';
import { pirl } from '../../../main/ssl/pirl.ts';
import { simclr } from '../../../main/ssl/simclr.ts';
import { simsiam } from '../../../main/ssl/simsiam.ts';
import { swav } from '../../../main/ssl/swav.ts';
import { vicreg } from '../../../main/ssl/vicreg.ts';
import { buildMethodTraining, type MethodTraining } from '../../helpers/methodStep.ts';
import { integers } from '../../helpers/tensors.ts';
import type { Executor, Tensors } from '../../../main/engine/execute/executor.ts';
import type { NumericArray, Tensor } from '../../../main/engine/graph/node.ts';
import type { OptimizerSettings } from '../../../main/nn/optimizers.ts';
import type { Method } from '../../../main/ssl/method.ts';

// Three steps of each method against PyTorch (makeFixtures.py, makeSiameseFixtures.py, makeClusterFixtures.py): losses,
// gradients and the whole state. SwAV's queue starts in the third step, its prototypes are frozen in the first; PIRL's
// memory bank is of more images than the batch has.

interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Fixture {
  readonly settings: { readonly momentum?: number };
  readonly optimizer: OptimizerSettings;
  readonly batchSize: number;
  /** Of all views; else `sides` has that of each. */
  readonly side?: number;
  readonly sides?: readonly number[];
  readonly sampleCount?: number;
  readonly initial: Readonly<Record<string, StoredTensor>>;
  readonly steps: readonly {
    readonly learningRate: number;
    /** Absent: the momentum of the settings. */
    readonly schedules?: Readonly<Record<string, number>>;
    readonly indices?: readonly number[];
    readonly views: readonly StoredTensor[];
    readonly loss: number;
  }[];
  readonly gradients: Readonly<Record<string, StoredTensor>>;
  readonly final: Readonly<Record<string, StoredTensor>>;
  readonly slots: Readonly<Record<string, StoredTensor>>;
}

const cases: readonly { file: string; method: Method }[] = [
  { file: 'simclr', method: simclr },
  { file: 'barlowTwins', method: barlowTwins },
  { file: 'moco', method: moco },
  { file: 'mocoSymmetric', method: moco },
  { file: 'mocoV1', method: mocoV1 },
  { file: 'byol', method: byol },
  { file: 'byolNormalized', method: byol },
  { file: 'simsiam', method: simsiam },
  { file: 'simsiamLarge', method: simsiam },
  { file: 'vicreg', method: vicreg },
  { file: 'simclrHard', method: simclr },
  { file: 'swav', method: swav },
  { file: 'swavTwoCrops', method: swav },
  { file: 'swavUnbalanced', method: swav },
  { file: 'swavNormalized', method: swav },
  { file: 'pirl', method: pirl },
  { file: 'pirlSampled', method: pirl },
];

const executors: readonly { title: string; executor: Executor; tolerance: number }[] = [
  { title: 'reference in float64', executor: createReferenceExecutor(), tolerance: 1e-7 },
  {
    title: 'reference in float32',
    executor: createReferenceExecutor({ precision: 'float32' }),
    tolerance: 1e-4,
  },
  { title: 'ONNX Runtime on the CPU', executor: ortExecutor({ device: 'cpu' }), tolerance: 1e-4 },
];

describe.each(cases)('$file against PyTorch', ({ file, method }) => {
  const fixture = readFixture(file);
  const { side = 0 } = fixture;
  const step = buildMethodTraining({ method, ...fixture, side }, fixture.optimizer);

  it('declares the same state', () => {
    const names = [...Object.keys(fixture.final), ...Object.keys(slotsOf(fixture))];
    expect([...step.variables.declared.keys()].sort()).toEqual(names.sort());
  });

  it.each(executors)('three steps agree: $title', async ({ executor, tolerance }) => {
    const program = await executor.compile(step.graph, firstState(step, fixture));
    for (const [index, { loss }] of fixture.steps.entries()) {
      const outputs = await program.step(feedsOf(step, fixture, index));
      expect(Math.abs(outputs.loss.data[0] - loss)).toBeLessThan(tolerance * Math.abs(loss));
      if (index === 0) expectClose(withoutPrefix(outputs), fixture.gradients, tolerance);
    }
    const state = await program.read();
    await program.dispose();
    expectClose(state, { ...fixture.final, ...slotsOf(fixture) }, tolerance);
  });
});

function readFixture(name: string): Fixture {
  const path = resolve(import.meta.dirname, `../../fixtures/ssl/${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as Fixture;
}

function slotsOf({ slots }: Fixture): Record<string, StoredTensor> {
  return Object.fromEntries(
    Object.entries(slots).map(([name, slot]) => [`optimizer.momentum.${name}`, slot]),
  );
}

function firstState({ variables }: MethodTraining, { initial }: Fixture): Tensors {
  const zeros = [...variables.declared.values()].map(({ name, shape }) => {
    const count = shape.reduce((product, dim) => product * dim, 1);
    return [name, toTensor(initial[name] ?? { shape, data: new Array<number>(count).fill(0) })] as const;
  });
  return Object.fromEntries(zeros);
}

function feedsOf({ graph }: MethodTraining, { steps, settings }: Fixture, index: number): Tensors {
  const { learningRate, views, indices, schedules = { momentum: settings.momentum ?? 0 } } = steps[index];
  const all: Record<string, Tensor> = {
    ...Object.fromEntries(views.map((view, i) => [`view${i}`, toTensor(view)])),
    ...(indices && { indices: integers(indices) }),
    learningRate: scalarTensor(learningRate),
    initialLearningRate: scalarTensor(steps[0].learningRate),
  };
  for (const [name, value] of Object.entries(schedules)) all[`schedule.${name}`] = scalarTensor(value);
  return Object.fromEntries([...graphFeeds(graph).keys()].map((name) => [name, all[name]]));
}

function scalarTensor(value: number): Tensor {
  return toTensor({ shape: [], data: [value] });
}

function toTensor({ shape, data }: StoredTensor): Tensor {
  return { dtype: 'float32', shape, data: Float64Array.from(data) };
}

function withoutPrefix(outputs: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name.replace(/^gradient\./, ''), value]),
  );
}

/** Compares each tensor relative to its own greatest value, and to the greatest of all where its own is rounding. */
function expectClose(
  actual: Tensors,
  expected: Readonly<Record<string, StoredTensor>>,
  tolerance: number,
): void {
  const scale = Math.max(...Object.values(expected).map(({ data }) => greatest(data)));
  for (const [name, { shape, data }] of Object.entries(expected)) {
    expect(actual[name]?.shape, name).toEqual(shape);
    const allowed = tolerance * Math.max(greatest(data), 0.01 * scale);
    const difference = greatest(data.map((value, i) => value - actual[name].data[i]));
    expect(difference, name).toBeLessThanOrEqual(allowed);
  }
}

function greatest(values: NumericArray | readonly number[]): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
