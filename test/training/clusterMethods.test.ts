import { describe, expect, it } from 'vitest';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { checkGraph } from '../../main/engine/graph/checkGraph.ts';
import { feed } from '../../main/engine/graph/ops.ts';
import { graphFeeds, type Graph } from '../../main/engine/graph/graph.ts';
import { initialState } from '../../main/nn/initialize.ts';
import { randomStream } from '../../main/nn/random.ts';
import { pirl } from '../../main/ssl/pirl.ts';
import { seer } from '../../main/ssl/seer.ts';
import { swav } from '../../main/ssl/swav.ts';
import { createHealthWatch } from '../../main/training/healthWatch.ts';
import { monitorNodes, monitorsOf } from '../../main/training/monitors.ts';
import { startRun } from '../../main/training/pretrainSetup.ts';
import { buildTrainingStep } from '../../main/training/pretrainingGraph.ts';
import { gramNode } from '../../main/training/rankMe.ts';
import { integers, tensor } from '../helpers/tensors.ts';
import { tinyJob, tinySettings, writeTinyStore } from '../helpers/tinyTraining.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { tinyTextureEncoder } from '../helpers/tinyTextureEncoder.ts';
import type { Tensors } from '../../main/engine/execute/executor.ts';
import type { Method } from '../../main/ssl/method.ts';
import type { HealthState } from '../../shared/trainingEvents.ts';

// Whether the monitors tell a collapse that is provoked on purpose from a training that is none.

const executor = ortExecutor({ device: 'cpu', threads: 1, spinning: false });
const [batchSize, images, steps] = [16, 32, 60];

interface Trial {
  readonly method: Method;
  readonly settings: object;
  readonly sides: readonly number[];
  readonly weightDecay?: number;
}

interface BuiltTrial {
  readonly graph: Graph;
  readonly state: Tensors;
  readonly settings: object;
  /** d of the monitored embeddings. */
  readonly embeddingSize: number;
}

function buildTrial({ method, settings, sides, weightDecay = 0 }: Trial): BuiltTrial {
  const all = { ...method.defaults('small').settings, ...settings };
  const { step, variables } = buildTrainingStep(
    {
      ...{ method, settings: all, batchSize, sampleCount: images, encoder: tinyTextureEncoder },
      optimizer: {
        ...{ name: 'sgd', learningRate: 0.1, perBatch: null, weightDecay, momentum: 0.9, nesterov: false },
      },
    },
    sides.map((side, view) => feed(`view${view}`, [batchSize, 3, side, side])),
  );
  const graph: Graph = {
    outputs: { ...monitorNodes(step), gram: gramNode(step) },
    updates: Object.fromEntries(variables.updates),
  };
  checkGraph(graph);
  const embeddingSize = Number(step.embeddings[0].shape[1]);
  return { graph, state: initialState(variables, 3), settings: all, embeddingSize };
}

/** What the health watch said in the end. */
async function healthAfter(trial: Trial): Promise<HealthState> {
  const { method, sides } = trial;
  const { graph, state: start, settings, embeddingSize } = buildTrial(trial);
  const program = await executor.compile(graph, start);
  const chanceLoss = method.chanceLoss(settings, batchSize);
  const spreadTarget = 1 / Math.sqrt(embeddingSize);
  const watch = createHealthWatch({ totalSteps: steps, stepsPerEpoch: 10 }, { spreadTarget, chanceLoss });
  let state: HealthState = 'starting';
  for (let done = 0; done < steps; done++) {
    const outputs = await program.step(feedsOf(graph, done, sides));
    state = watch.look(done + 1, monitorsOf(outputs), outputs.gram)?.state ?? state;
  }
  await program.dispose();
  return state;
}

function feedsOf(graph: Graph, step: number, sides: readonly number[]): Tensors {
  const samples = Array.from(randomStream(1, 'order', step).permutation(images).subarray(0, batchSize));
  const feeds: Tensors = {
    indices: integers(samples),
    learningRate: tensor([], [0.1]),
    'schedule.prototypes': tensor([], [1]),
    'schedule.queue': tensor([], [1]),
    ...Object.fromEntries(
      sides.map((side, view) => [
        `view${view}`,
        tensor(
          [batchSize, 3, side, side],
          samples.flatMap((sample) => waves(sample, side, step * 100 + view)),
        ),
      ]),
    ),
  };
  const known = graphFeeds(graph);
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => known.has(name)));
}

/** [3, side, side]: colours and waves of the image's own, a phase and noise of the view's. */
function waves(image: number, side: number, view: number): number[] {
  const own = randomStream(image, 'image');
  const [angle, frequency] = [own.uniform(0, Math.PI), own.uniform(0.3, 1.5)];
  const colors = [0, 1, 2].map(() => own.uniform(-1, 1));
  const random = randomStream(image, 'view', view);
  const phase = random.uniform(0, 6);
  return colors.flatMap((color) =>
    Array.from({ length: side * side }, (_, i) => {
      const along = Math.cos(angle) * (i % side) + Math.sin(angle) * Math.floor(i / side);
      return color + Math.sin(phase + frequency * along) + random.uniform(-0.3, 0.3);
    }),
  );
}

describe.each([swav, seer])('$name', (method) => {
  const sides = [12, 12, 8];
  // The paper's head: with a normalisation at its end nothing can become one point.
  const settings = { ...tinySettings.swav, prototypes: 8, normalizedOutput: false };

  it('collapses without balance between the prototypes, which is reported', async () => {
    const unbalanced = { ...settings, sinkhornIterations: 0 };
    expect(await healthAfter({ method, settings: unbalanced, sides })).toBe('collapsed');
  });

  it('does not collapse with it, all else the same', async () => {
    expect(await healthAfter({ method, settings, sides })).toBe('learning');
  });
});

describe('seer', () => {
  it('goes through the images once unless asked otherwise, and trains a RegNetY', () => {
    const folder = temporaryFolder();
    writeTinyStore(`${folder}/pixels`, 32);
    const encoder = { name: 'regnet_y_400mf', width: 0.125 };
    const job = tinyJob(folder, { method: 'seer', encoder, settings: tinySettings.seer, epochs: null });
    const { plan } = startRun(job, [seer], 16);
    expect(plan).toMatchObject({ totalSteps: 4, encoder: { name: 'regnet_y_400mf' } });
    expect(startRun({ ...job, epochs: 3 }, [seer], 16).plan?.totalSteps).toBe(12);
  });
});

describe('pirl', () => {
  const sides = [12, ...new Array<number>(9).fill(8)];
  const { pirl: settings } = tinySettings;

  it('collapses where decay leaves nothing of the weights but biases, which is reported', async () => {
    expect(await healthAfter({ method: pirl, settings, sides, weightDecay: 3 })).toBe('collapsed');
  });

  it('does not collapse without decay, all else the same', async () => {
    expect(await healthAfter({ method: pirl, settings, sides })).toBe('learning');
  });
});
