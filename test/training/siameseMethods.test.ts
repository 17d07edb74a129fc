import { describe, expect, it } from 'vitest';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { graphFeeds, type Graph } from '../../main/engine/graph/graph.ts';
import { feed } from '../../main/engine/graph/ops.ts';
import { initialState } from '../../main/nn/initialize.ts';
import { barlowTwins } from '../../main/ssl/barlowTwins.ts';
import { byol } from '../../main/ssl/byol.ts';
import { moco } from '../../main/ssl/moco.ts';
import { mocoV1 } from '../../main/ssl/mocoV1.ts';
import { simclr } from '../../main/ssl/simclr.ts';
import { simsiam } from '../../main/ssl/simsiam.ts';
import { vicreg } from '../../main/ssl/vicreg.ts';
import { createHealthWatch } from '../../main/training/healthWatch.ts';
import { monitorNodes, monitorsOf } from '../../main/training/monitors.ts';
import { buildTrainingStep } from '../../main/training/pretrainingGraph.ts';
import { gramNode } from '../../main/training/rankMe.ts';
import { randomTensor, tensor } from '../helpers/tensors.ts';
import { tinyEncoder } from '../helpers/tinyEncoder.ts';
import { tinySettings } from '../helpers/tinyTraining.ts';
import type { Tensors } from '../../main/engine/execute/executor.ts';
import type { Tensor } from '../../main/engine/graph/node.ts';
import type { OptimizerSettings } from '../../main/nn/optimizers.ts';
import type { Method } from '../../main/ssl/method.ts';
import type { Health } from '../../main/training/health.ts';
import type { HealthState } from '../../shared/trainingEvents.ts';

// What keeps a method from giving all images one embedding, or from learning nothing, is taken away; the monitors must
// say so, and must not where it is left.

const [images, side, totalSteps] = [16, 8, 80];
const executor = ortExecutor({ device: 'cpu', threads: 1, spinning: false });

interface Training {
  readonly method: Method;
  readonly settings: object;
  readonly learningRate: number;
  /** How much two copies of an image differ: where it is 3, hardly anything but one embedding for all is alike. */
  readonly noise: number;
  /** Changes the state before the first step. */
  readonly begin?: (state: Tensors) => Tensors;
}

interface Case extends Training {
  /** The settings that take the safeguard away. */
  readonly without: object;
  readonly state: HealthState;
}

const cases: readonly Case[] = [
  {
    ...{ method: simsiam, settings: tinySettings.simsiam, learningRate: 1, noise: 3 },
    ...{ without: { predictor: false }, state: 'collapsed' },
  },
  {
    ...{ method: byol, settings: tinySettings.byol, learningRate: 0.2, noise: 3 },
    ...{ without: { predictor: false, momentum: 0, normalizedOutput: false }, state: 'collapsed' },
  },
  {
    ...{ method: vicreg, settings: tinySettings.vicreg, learningRate: 0.05, noise: 3 },
    ...{ without: { varianceWeight: 0 }, state: 'collapsed' },
  },
  // Its numbers are standardised, so that they cannot all be one; but they can be copies of one another.
  {
    ...{ method: barlowTwins, learningRate: 0.05, noise: 0.3, begin: alikeRows('projector.3.weight') },
    settings: { ...tinySettings['barlow-twins'], redundancyWeight: 0.1 },
    ...{ without: { redundancyWeight: 0 }, state: 'collapsed' },
  },
  // Contrast cannot collapse while it is told apart; where its temperature drowns all differences, it learns nothing.
  {
    ...{ method: mocoV1, settings: tinySettings['moco-v1'], learningRate: 0.1, noise: 0.3 },
    ...{ without: { temperature: 1000 }, state: 'at-chance' },
  },
  {
    ...{ method: moco, settings: tinySettings['moco-v2'], learningRate: 0.1, noise: 0.3 },
    ...{ without: { temperature: 1000 }, state: 'at-chance' },
  },
  {
    ...{ method: simclr, settings: tinySettings.simclr, learningRate: 0.2, noise: 0.3 },
    ...{ without: { temperature: 1000 }, state: 'at-chance' },
  },
  {
    ...{
      method: simclr,
      settings: { ...tinySettings.simclr, hardNegatives: 1 },
      learningRate: 0.2,
      noise: 0.3,
    },
    ...{ without: { temperature: 1000 }, state: 'at-chance' },
  },
];

describe.each(cases)('$method.name with $settings', ({ without, state, ...training }) => {
  it('is reported when its safeguard is taken away', async () => {
    const seen = await train({ ...training, settings: { ...training.settings, ...without } });
    expect(seen.at(-1)?.state).toBe(state);
  });

  it('is said to go well with it', async () => {
    const seen = await train(training);
    expect(seen.map((health) => health.state)).toEqual(['learning']);
  });
});

interface Built {
  readonly graph: Graph;
  readonly start: Tensors;
  readonly settings: object;
  readonly spreadTarget: number;
}

function build({ method, learningRate, settings: changes, begin = (state) => state }: Training): Built {
  const settings = { ...method.defaults('small').settings, ...changes };
  const optimizer = sgd(learningRate);
  const { step, variables } = buildTrainingStep(
    { method, settings, encoder: tinyEncoder, optimizer, batchSize: images, sampleCount: images },
    [0, 1].map((view) => feed(`view${view}`, [images, 3, side, side])),
  );
  return {
    graph: {
      outputs: { ...monitorNodes(step), gram: gramNode(step) },
      updates: Object.fromEntries(variables.updates),
    },
    start: begin(initialState(variables, 1)),
    settings,
    spreadTarget: 1 / Math.sqrt(Number(step.embeddings[0].shape[1])),
  };
}

/** Trains on a fixed set, of which each step sees two noisy copies. @returns what the health watch says */
async function train(training: Training): Promise<Health[]> {
  const built = build(training);
  const { settings, spreadTarget } = built;
  const chanceLoss = training.method.chanceLoss(settings, images);
  const watch = createHealthWatch({ totalSteps, stepsPerEpoch: 20 }, { spreadTarget, chanceLoss });
  const seen: Health[] = [];
  await run(training, built, (done, outputs) => {
    const health = watch.look(done, monitorsOf(outputs), outputs.gram);
    if (health) seen.push(health);
  });
  return seen;
}

async function run(
  { method, learningRate, noise }: Training,
  { graph, settings, start }: Built,
  look: (done: number, outputs: Tensors) => void,
): Promise<void> {
  const program = await executor.compile(graph, start);
  const names = graphFeeds(graph);
  for (let done = 0; done < totalSteps; done++) {
    const feeds = Object.entries({
      ...{ view0: noisyCopy(2 * done, noise), view1: noisyCopy(2 * done + 1, noise) },
      ...scalars(method, settings, { learningRate, done }),
    });
    look(done + 1, await program.step(Object.fromEntries(feeds.filter(([name]) => names.has(name)))));
  }
  await program.dispose();
}

/** Makes all rows of a matrix the first one, but for a hundredth of what they were. */
function alikeRows(name: string): (state: Tensors) => Tensors {
  return (state) => {
    const { data, shape } = state[name];
    const rows = Array.from(data, (value, i) => data[i % shape[1]] + 0.01 * value);
    return { ...state, [name]: tensor(shape, rows) };
  };
}

function sgd(learningRate: number): OptimizerSettings {
  return { name: 'sgd', learningRate, perBatch: null, weightDecay: 0, momentum: 0.9, nesterov: false };
}

function scalars(
  method: Method,
  settings: object,
  { learningRate, done }: { learningRate: number; done: number },
): Tensors {
  const position = { step: done, totalSteps, epoch: 0, progress: done / totalSteps };
  const schedules = Object.entries(method.schedules(settings)).map(
    ([name, at]) => [`schedule.${name}`, tensor([], [at(position)])] as const,
  );
  const rate = tensor([], [learningRate]);
  return { learningRate: rate, initialLearningRate: rate, ...Object.fromEntries(schedules) };
}

function noisyCopy(seed: number, noise: number): Tensor {
  const shape = [images, 3, side, side];
  const [base, change] = [randomTensor(shape, 1), randomTensor(shape, 2 + seed)];
  return tensor(
    shape,
    Array.from(base.data, (value, i) => value + noise * change.data[i]),
  );
}
