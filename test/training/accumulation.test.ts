import { beforeEach, describe, expect, it } from 'vitest';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { createReferenceExecutor } from '../../main/engine/execute/reference/referenceExecutor.ts';
import { graphFeeds } from '../../main/engine/graph/graph.ts';
import {
  feed,
  multiply,
  reduceSum,
  square,
  stopGradient,
  subtract,
  tanh,
} from '../../main/engine/graph/ops.ts';
import { initialState } from '../../main/nn/initialize.ts';
import { conv2d, globalAveragePool, linear } from '../../main/nn/layers.ts';
import { buffer, assign, momentumScope, type Scope } from '../../main/nn/variables.ts';
import { byol } from '../../main/ssl/byol.ts';
import { methods } from '../../main/ssl/methods.ts';
import { simclr } from '../../main/ssl/simclr.ts';
import { swav } from '../../main/ssl/swav.ts';
import { readCheckpoint } from '../../main/training/checkpoint.ts';
import { planEpochs, planSteps } from '../../main/training/plan.ts';
import { pretrain } from '../../main/training/pretrain.ts';
import { startRun } from '../../main/training/pretrainSetup.ts';
import { buildTrainingStep } from '../../main/training/pretrainingGraph.ts';
import { tensorHashes } from '../../main/training/safetensors.ts';
import { stepScalars } from '../../main/training/stepScalars.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { randomTensor, tensor } from '../helpers/tensors.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { recordingHost, tinyJob, tinySettings, writeTinyStore } from '../helpers/tinyTraining.ts';
import type { Executor, Tensors } from '../../main/engine/execute/executor.ts';
import type { Node } from '../../main/engine/graph/node.ts';
import type { Encoder } from '../../main/nn/encoder.ts';
import type { OptimizerSettings } from '../../main/nn/optimizers.ts';
import type { Method } from '../../main/ssl/method.ts';
import type { PretrainJob, TrainingEvent } from '../../shared/trainingEvents.ts';

const executor = ortExecutor({ device: 'cpu', threads: 1, spinning: false });
const [batch, side] = [3, 6];

/** Without normalisation, so that samples do not meet. */
const normFree: Encoder = {
  description: { name: 'resnet18', width: 1, stem: 'small' },
  featureCount: 4,
  build: (scope, images) =>
    globalAveragePool(
      tanh(conv2d(scope.child('conv'), images, { out: 4, kernel: 3, stride: 1, padding: 1 })),
    ),
};

/** The distance to a slow copy's embeddings, of which something is kept at each step, as in a queue. */
const following: Method = {
  ...byol,
  name: 'following',
  build: (context) => {
    const { views, encoder, scope, batchSize } = context;
    const embed = (place: Scope, view: Node): Node =>
      linear(place.child('head'), encoder.build(place.child('encoder'), view), { out: 3 });
    const slow = momentumScope(scope, 'slow', context.scalar('momentum'));
    const a = embed(scope, views[0]);
    const b = stopGradient(embed(slow, views[1]));
    buffer(scope, 'batches', [], { kind: 'constant', value: 0 });
    assign(scope, 'batches', reduceSum(b));
    return { loss: multiply(reduceSum(square(subtract(a, b))), 1 / batchSize), embeddings: [a, b] };
  },
};

const common = { learningRate: 0.1, perBatch: null, weightDecay: 0.01 };
const optimizers: readonly OptimizerSettings[] = [
  { ...common, name: 'sgd', momentum: 0.9, nesterov: true },
  {
    ...common,
    ...{ name: 'lars', momentum: 0.9, variant: 'norm-of-sum', trustCoefficient: 0.1, clip: false },
  },
  { ...common, name: 'adamw', betas: [0.9, 0.99], epsilon: 1e-8 },
];

/** The states after each step on the same 24 images, in batches of `batchSize`. */
async function statesOf(
  optimizer: OptimizerSettings,
  batchSize: number,
  accumulate: number,
  on: Executor = createReferenceExecutor(),
): Promise<Tensors[]> {
  const { step, variables } = buildTrainingStep(
    {
      ...{ method: following, settings: {}, encoder: normFree, optimizer, batchSize, accumulate },
      sampleCount: 100,
    },
    [0, 1].map((view) => feed(`view${view}`, [batchSize, 3, side, side])),
  );
  const graph = { outputs: { loss: step.loss }, updates: Object.fromEntries(variables.updates) };
  const program = await on.compile(graph, initialState(variables, 5));
  const known = graphFeeds(graph);
  const states: Tensors[] = [];
  for (let done = 0; done < (2 * 4 * batch) / batchSize; done++) {
    const feeds: Tensors = {
      view0: imagesOf(0, done * batchSize, batchSize),
      view1: imagesOf(1, done * batchSize, batchSize),
      learningRate: tensor([], [0.1]),
      'schedule.momentum': tensor([], [0.7]),
      applyUpdate: tensor([], [(done + 1) % accumulate === 0 ? 1 : 0]),
    };
    await program.step(Object.fromEntries(Object.entries(feeds).filter(([name]) => known.has(name))));
    states.push(await program.read());
  }
  await program.dispose();
  return states;
}

function imagesOf(view: number, start: number, count: number): Tensors[string] {
  const all = randomTensor([2 * 4 * batch, 3, side, side], 7 + view).data;
  const size = 3 * side * side;
  return tensor([count, 3, side, side], [...all.slice(start * size, (start + count) * size)]);
}

const isSum = (name: string): boolean => name.startsWith('optimizer.accumulated.');

describe.each(optimizers)('four batches an update under $name', (optimizer) => {
  it('learn what one of four times the size does: parameters, slots and what follows them', async () => {
    const [small, large] = [await statesOf(optimizer, batch, 4), await statesOf(optimizer, 4 * batch, 1)];
    expect(small).toHaveLength(8);
    for (const [update, expected] of large.entries()) {
      const actual = small[4 * update + 3];
      expect(
        Object.keys(actual)
          .filter((name) => !isSum(name))
          .sort(),
      ).toEqual(Object.keys(expected).sort());
      for (const [name, { data }] of Object.entries(expected)) {
        if (name === 'batches') continue;
        data.forEach((value, i) => expect(actual[name].data[i], `${name} ${i}`).toBeCloseTo(value, 10));
      }
    }
    expect(large[1]['encoder.conv.weight'].data).not.toEqual(large[0]['encoder.conv.weight'].data);
  });

  it('change nothing before the last but the sums and what counts batches', async () => {
    const states = await statesOf(optimizer, batch, 4, executor);
    const [first, second, , , , , , last] = states.map(tensorHashes);
    const changed = Object.keys(first).filter((name) => first[name] !== second[name]);
    expect(changed.filter((name) => !isSum(name))).toEqual(['batches']);
    expect(changed.filter(isSum)).toHaveLength(3);
    for (const [name, { data }] of Object.entries(states[7])) {
      if (isSum(name)) expect(new Set(data), name).toEqual(new Set([0]));
      else expect(last[name], name).not.toBe(second[name]);
    }
  });
});

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  writeTinyStore(`${folder}/pixels`, 32);
});

async function hashesAfter(job: Partial<PretrainJob>, stopAt = Infinity): Promise<Record<string, string>> {
  const controller = new AbortController();
  const report = (event: TrainingEvent): void => {
    if (event.kind === 'progress' && event.step === stopAt) controller.abort();
  };
  const changes = { signal: controller.signal, progressSeconds: 0, report, methods: [following] };
  const { checkpoint, step } = await pretrain(
    tinyJob(folder, { method: 'following', accumulate: 3, batchSize: 4, ...job }),
    recordingHost(executor, changes).host,
  );
  if (stopAt < Infinity) expect(step).toBe(stopAt);
  return tensorHashes(readCheckpoint(checkpoint).state);
}

describe('a run that accumulates', () => {
  it('goes on bit for bit from the midst of an update', async () => {
    const whole = await hashesAfter({ checkpointFolder: `${folder}/whole` });
    const half = await hashesAfter({}, 4);
    const resumed = await hashesAfter({ resume: true, accumulate: 1 });
    expect(resumed).toEqual(whole);
    expect(half['optimizer.accumulated.encoder.conv1.weight']).not.toBe(
      whole['optimizer.accumulated.encoder.conv1.weight'],
    );
  });

  it('has whole updates in an epoch and in all, at the rate for so many images', () => {
    const { draft } = startRun(
      tinyJob(folder, { method: 'moco-v2', settings: tinySettings['moco-v2'], accumulate: 3, batchSize: 4 }),
      methods,
      16,
    );
    // Of 8 batches, 6 are two updates.
    expect(draft).toMatchObject({ accumulate: 3, stepsPerEpoch: 6 });
    expect(draft.peakLearningRate).toBeCloseTo((0.06 * 12) / 128);
    expect(planEpochs(draft, 5)).toMatchObject({ totalSteps: 30 });
    expect(planSteps(draft, 11)).toMatchObject({ totalSteps: 9 });
    expect(planSteps(draft, 1)).toMatchObject({ totalSteps: 3 });
    expect(planSteps({ ...draft, warmupEpochs: 99 }, 100)).toMatchObject({ totalSteps: 99, warmupSteps: 9 });
  });

  it('has one place in the schedules for each update', () => {
    const { draft } = startRun(
      tinyJob(folder, { method: 'byol', settings: tinySettings.byol, accumulate: 3, batchSize: 4 }),
      methods,
      16,
    );
    const plan = planEpochs(draft, 2);
    const [small, large] = [plan, { ...plan, accumulate: 1, stepsPerEpoch: 2, totalSteps: 4 }];
    for (let step = 0; step < plan.totalSteps; step++) {
      const { applyUpdate, ...scalars } = stepScalars(step, small, byol);
      const { applyUpdate: always, ...expected } = stepScalars(Math.floor(step / 3), large, byol);
      expect(scalars).toEqual(expected);
      expect([applyUpdate.data[0], always.data[0]]).toEqual([step % 3 === 2 ? 1 : 0, 1]);
    }
  });

  it('is refused where batches that are added up are no larger batch', async () => {
    const refused: string[] = [];
    for (const method of methods) {
      const settings = tinySettings[method.name as keyof typeof tinySettings];
      const job = tinyJob(folder, { method: method.name, settings, accumulate: 2, batchSize: 4 });
      const code = await errorCode(() => startRun(job, [method], 16));
      if (code === 'cannot-accumulate') refused.push(method.name);
    }
    expect(refused).toEqual(['simclr', 'barlow-twins', 'vicreg']);
    const { settings } = swav.defaults('small');
    expect([1920, 0].map((queueSize) => swav.accumulationFault({ ...settings, queueSize }))).toEqual([
      null,
      expect.stringContaining('without its queue'),
    ]);
  });

  it('says why', async () => {
    const job = tinyJob(folder, { accumulate: 2 });
    expect(() => startRun(job, [simclr], 16)).toThrow(
      'SimCLR cannot learn from several batches at a time: it tells an image from those of its own batch only',
    );
    const many = tinyJob(folder, {
      method: 'byol',
      settings: tinySettings.byol,
      accumulate: 9,
      batchSize: 4,
    });
    expect(await errorCode(() => startRun(many, methods, 16))).toBe('invalid-option');
  });
});
