import { describe, expect, it } from 'vitest';
import { referenceExecutor } from '../../../main/engine/execute/reference/referenceExecutor.ts';
import { gatherRows, matmul } from '../../../main/engine/graph/ops.ts';
import { initialState } from '../../../main/nn/initialize.ts';
import { l2Normalize } from '../../../main/ssl/l2Normalize.ts';
import { sinkhorn } from '../../../main/ssl/sinkhorn.ts';
import { swappedPrediction, swav, type SwavSettings } from '../../../main/ssl/swav.ts';
import { evaluate } from '../../helpers/evaluate.ts';
import { buildMethod, buildMethodTraining } from '../../helpers/methodStep.ts';
import { integers, randomTensor, tensor } from '../../helpers/tensors.ts';
import type { Tensors } from '../../../main/engine/execute/executor.ts';
import type { Node } from '../../../main/engine/graph/node.ts';

const settings: SwavSettings = {
  ...swav.defaults('small').settings,
  prototypes: 6,
  queueSize: 10,
  smallCrops: 1,
  output: 4,
};
const [batchSize, sides] = [4, [8, 8, 6]];
const position = (progress: number) => ({ step: 0, totalSteps: 100, epoch: 0, progress });

/** One step, with the optimizer unless `rate` is null. */
async function run({ queue = 0, rate = null as number | null, frozen = false } = {}): Promise<{
  before: Tensors;
  after: Tensors;
  outputs: Tensors;
}> {
  const request = { method: swav, settings, batchSize, side: 8, sides };
  const plain = buildMethod(request);
  const plainSgd = { learningRate: 1, perBatch: null, weightDecay: 0, momentum: 0, nesterov: false };
  const optimizer = { name: 'sgd', ...plainSgd } as const;
  const training = buildMethodTraining(request, optimizer);
  const { variables } = rate === null ? plain : training;
  const before = initialState(variables, 1);
  const [first, second] = plain.step.embeddings;
  const graph =
    rate === null
      ? {
          outputs: { loss: plain.step.loss, first, second },
          updates: Object.fromEntries(variables.updates),
        }
      : training.graph;
  const program = await referenceExecutor.compile(graph, before);
  const feeds: Tensors = {
    ...Object.fromEntries(sides.map((side, i) => [`view${i}`, randomTensor([batchSize, 3, side, side], i)])),
    'schedule.queue': tensor([], [queue]),
    ...(rate !== null && {
      learningRate: tensor([], [rate]),
      'schedule.prototypes': tensor([], [frozen ? 0 : 1]),
    }),
  };
  const outputs = await program.step(feeds);
  return { before, after: await program.read(), outputs };
}

function rowLengths({ data }: { data: ArrayLike<number> }): number[] {
  const values = Array.from(data);
  return Array.from({ length: values.length / 4 }, (_, i) => Math.hypot(...values.slice(4 * i, 4 * i + 4)));
}

describe('swav', () => {
  it('puts the embeddings of each large crop before the rest of its queue', async () => {
    const { before, after, outputs } = await run();
    for (const [i, name] of (['first', 'second'] as const).entries()) {
      const kept = before[`queue.${i}`].data.slice(0, (settings.queueSize - batchSize) * settings.output);
      expect([...after[`queue.${i}`].data]).toEqual([...outputs[name].data, ...kept]);
    }
  });

  it('does not look at the queue before its time', async () => {
    const losses = await Promise.all([run({ queue: 0 }), run({ queue: 1 })]);
    const [without, withQueue] = losses.map(({ outputs }) => outputs.loss.data[0]);
    expect(Math.abs(without - withQueue)).toBeGreaterThan(1e-3);
    const { queue } = swav.schedules(settings);
    expect([0, 0.149, 0.15, 1].map((progress) => queue(position(progress)))).toEqual([0, 0, 1, 1]);
  });

  it('keeps the prototypes where they are while they are frozen, and moves them afterwards', async () => {
    const name = 'prototypes.weight';
    const frozen = await run({ rate: 0.5, frozen: true });
    frozen.before[name].data.forEach((value, i) => expect(frozen.after[name].data[i]).toBeCloseTo(value, 6));
    const free = await run({ rate: 0.5 });
    const moved = rowLengths(free.after[name]);
    expect(Math.max(...moved.map((length) => Math.abs(length - 1)))).toBeGreaterThan(1e-3);
    const { prototypes } = swav.schedules(settings);
    expect([0, 0.009, 0.01, 1].map((progress) => prototypes(position(progress)))).toEqual([0, 0, 1, 1]);
  });

  it('fits prototypes and queue to the number of images', () => {
    const limited = (count: number): Partial<SwavSettings> =>
      swav.limitSettings?.(swav.defaults('small').settings, count) ?? {};
    expect(limited(50_000)).toMatchObject({ prototypes: 64, queueSize: 384 });
    expect(limited(600)).toMatchObject({ prototypes: 37, queueSize: 300 });
    expect(limited(20)).toMatchObject({ prototypes: 8, queueSize: 10 });
  });
});

describe('swappedPrediction', () => {
  const [count, dimensions, prototypes] = [64, 128, 32];

  function loss(z: readonly Node[], c: Node): Node {
    const [scores, ...assigned] = [z[0], z[1], z[2]].map((x) => matmul(x, c, { transposeB: true }));
    return swappedPrediction(
      scores,
      assigned.map((own) => sinkhorn(own, { epsilon: 0.05, iterations: 3 })),
      0.1,
    );
  }

  /** Embeddings of both crops together, of each alone, and prototypes. */
  const inputs = [
    randomTensor([2 * count, dimensions], 1),
    randomTensor([count, dimensions], 2),
    randomTensor([count, dimensions], 3),
    randomTensor([prototypes, dimensions], 4),
  ];

  it('is at chance for random embeddings', async () => {
    const { data } = await evaluate(inputs, (nodes) => {
      const [both, first, second, c] = nodes.map(l2Normalize);
      return loss([both, first, second], c);
    });
    const chance = Number(swav.chanceLoss({ ...settings, prototypes }, count));
    expect(chance).toBeCloseTo(Math.log(32), 12);
    // Above it by the variance of the scores, half of (1/τ)²/d.
    expect(data[0] - chance).toBeGreaterThan(0);
    expect(data[0] - chance).toBeLessThan(1);
  });

  it('does not change when the prototypes are numbered otherwise', async () => {
    const order = Array.from({ length: prototypes }, (_, i) => (i * 5) % prototypes);
    const [plain, numbered] = await Promise.all(
      [(c: Node) => c, null].map(async (keep) => {
        const { data } = await evaluate([...inputs, integers(order)], (nodes) => {
          const [both, first, second, c] = nodes.slice(0, 4).map(l2Normalize);
          return loss([both, first, second], keep ? keep(c) : gatherRows(c, nodes[4]));
        });
        return data[0];
      }),
    );
    expect(numbered).toBeCloseTo(plain, 10);
  });
});
