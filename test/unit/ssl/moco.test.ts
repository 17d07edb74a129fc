import { describe, expect, it } from 'vitest';
import { referenceExecutor } from '../../../main/engine/execute/reference/referenceExecutor.ts';
import { gradients } from '../../../main/engine/gradient/gradients.ts';
import { feed, gatherRows, multiply, scalar } from '../../../main/engine/graph/ops.ts';
import { initialState } from '../../../main/nn/initialize.ts';
import { linear } from '../../../main/nn/layers.ts';
import { createVariables, momentumScope, rootScope } from '../../../main/nn/variables.ts';
import { infoNce } from '../../../main/ssl/infoNce.ts';
import { l2Normalize } from '../../../main/ssl/l2Normalize.ts';
import { moco, type MocoSettings } from '../../../main/ssl/moco.ts';
import { mocoV1 } from '../../../main/ssl/mocoV1.ts';
import { evaluate } from '../../helpers/evaluate.ts';
import { buildMethod } from '../../helpers/methodStep.ts';
import { integers, randomTensor, tensor } from '../../helpers/tensors.ts';
import type { Tensors } from '../../../main/engine/execute/executor.ts';
import type { Node } from '../../../main/engine/graph/node.ts';

const side = 8;
const settings: MocoSettings = {
  temperature: 0.2,
  momentum: 0.75,
  queueSize: 10,
  normSplits: 2,
  symmetric: false,
  hidden: 8,
  output: 4,
};

/** One step without an optimizer, with the outputs `outputs` takes from it. */
async function run(
  changed: Partial<MocoSettings> = {},
  batchSize = 4,
): Promise<{ before: Tensors; after: Tensors; outputs: Tensors }> {
  const { step, variables } = buildMethod({
    method: moco,
    settings: { ...settings, ...changed },
    batchSize,
    side,
  });
  const before = initialState(variables, 1);
  const graph = {
    outputs: { loss: step.loss, queries: step.embeddings[0], keys: step.embeddings[1] },
    updates: Object.fromEntries(variables.updates),
  };
  const program = await referenceExecutor.compile(graph, before);
  const outputs = await program.step({
    view0: randomTensor([batchSize, 3, side, side], 2),
    view1: randomTensor([batchSize, 3, side, side], 3),
    'schedule.momentum': tensor([], [settings.momentum]),
  });
  return { before, after: await program.read(), outputs };
}

describe('moco', () => {
  it('sends no gradient through the keys, and trains neither momentum encoder nor queue', () => {
    const { step, variables } = buildMethod({ method: moco, settings, batchSize: 4, side });
    const slow = [...variables.declared.values()].filter(({ name }) => name.startsWith('momentum.'));
    const nodes = slow.map(({ name }) => variables.nodes.get(name)).filter((n): n is Node => Boolean(n));
    expect(slow.map(({ name }) => name)).toContain('momentum.encoder.conv1.weight');
    // Nodes that the loss does not depend on have a constant, zero, for a gradient.
    expect(new Set(gradients(step.loss, nodes).map(({ op }) => op))).toEqual(new Set(['constant']));
    for (const { name, trainable } of [...slow, variables.declared.get('queue')].filter(
      (v) => v !== undefined,
    ))
      expect(trainable, name).toBe(false);
  });

  it('puts new keys before the rest of the queue, and the oldest fall off', async () => {
    const { before, after, outputs } = await run();
    const kept = before.queue.data.slice(0, (settings.queueSize - 4) * settings.output);
    expect([...after.queue.data]).toEqual([...outputs.keys.data, ...kept]);
  });

  it('keeps the newest keys where a batch is longer than the queue', async () => {
    const { after, outputs } = await run({ queueSize: 3 });
    expect([...after.queue.data]).toEqual([...outputs.keys.data.slice(0, 3 * settings.output)]);
  });

  it('queues the keys of both views where it is symmetric', async () => {
    const { before, after, outputs } = await run({ symmetric: true });
    const { output } = settings;
    expect([...after.queue.data.slice(0, 4 * output)]).toEqual([...outputs.keys.data]);
    expect([...after.queue.data.slice(8 * output)]).toEqual([...before.queue.data.slice(0, 2 * output)]);
  });

  it('keeps running statistics of its own for the momentum encoder', async () => {
    const { after } = await run();
    const [own, slow] = ['encoder', 'momentum.encoder'].map((path) => after[`${path}.bn1.running_mean`].data);
    expect([...slow]).not.toEqual([...own]);
    expect(slow.some((value) => value !== 0)).toBe(true);
  });

  it('splits the batch as far as its size allows', async () => {
    await expect(run({ normSplits: 8 }, 9)).resolves.toBeDefined();
    await expect(run({ normSplits: 8 }, 7)).resolves.toBeDefined();
  });

  it('does not change with the order of its queue, nor with the length of the embeddings', async () => {
    const rows = [randomTensor([6, 8], 1), randomTensor([6, 8], 2), randomTensor([10, 8], 3)];
    const order = integers(Array.from({ length: 10 }, (_, i) => (i * 3) % 10));
    const [plain, changed] = [false, true].map((change) =>
      evaluate([...rows, order], ([q, k, queue, places]) =>
        infoNce(l2Normalize(change ? multiply(q, 3) : q), {
          keys: l2Normalize(k),
          negatives: l2Normalize(change ? gatherRows(queue, places) : queue),
          temperature: 0.2,
        }),
      ),
    );
    expect((await changed).data[0]).toBeCloseTo((await plain).data[0], 9);
  });

  it.each([moco, mocoV1])('$name is at chance for random embeddings', async (method) => {
    const rows = (count: number, seed: number) => randomTensor([count, 128], seed);
    const result = await evaluate([rows(32, 1), rows(32, 2), rows(512, 3)], ([q, k, queue]) =>
      infoNce(l2Normalize(q), { keys: l2Normalize(k), negatives: l2Normalize(queue), temperature: 0.2 }),
    );
    const chance = Number(method.chanceLoss({ ...settings, queueSize: 512 }, 32));
    expect(chance).toBeCloseTo(Math.log(513), 12);
    expect(Math.abs(result.data[0] - chance)).toBeLessThan(0.25);
  });
});

describe('momentumScope', () => {
  const x = feed('x', [2, 3]);

  it('blends by the momentum before layers read it', async () => {
    const variables = createVariables();
    const scope = rootScope(variables, 'training');
    linear(scope.child('head'), x, { out: 1, bias: false });
    const y = linear(momentumScope(scope, 'slow', scalar(0.75)).child('head'), x, { out: 1, bias: false });
    const program = await referenceExecutor.compile(
      { outputs: { y }, updates: Object.fromEntries(variables.updates) },
      { 'head.weight': tensor([1, 3], [4, 8, 12]), 'slow.head.weight': tensor([1, 3], [0, 0, 4]) },
    );
    const outputs = await program.step({ x: tensor([2, 3], [1, 0, 0, 0, 0, 1]) });
    expect([...outputs.y.data]).toEqual([1, 6]);
    const state = await program.read();
    expect([...state['slow.head.weight'].data]).toEqual([1, 2, 6]);
  });

  it('names the network that is missing', () => {
    const scope = momentumScope(rootScope(createVariables(), 'training'), 'slow', scalar(0.9));
    expect(() => linear(scope.child('head'), x, { out: 1 })).toThrow(
      '"slow.head.weight" follows "head.weight"',
    );
  });
});
