import { expect, it } from 'vitest';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { feed } from '../../main/engine/graph/ops.ts';
import { initialState } from '../../main/nn/initialize.ts';
import { createEncoder } from '../../main/nn/createEncoder.ts';
import { simclr } from '../../main/ssl/simclr.ts';
import { buildTrainingStep } from '../../main/training/pretrainingGraph.ts';
import { randomTensor, tensor } from '../helpers/tensors.ts';

it('trains a step of a whole ResNet-50', async () => {
  const [batchSize, side] = [2, 32];
  const { settings } = simclr.defaults('small');
  const { step, variables } = buildTrainingStep(
    {
      ...{ method: simclr, settings, batchSize, sampleCount: batchSize },
      encoder: createEncoder({ name: 'resnet50', width: 1, stem: 'small' }),
      optimizer: {
        ...{ name: 'sgd', learningRate: 0.1, perBatch: null, weightDecay: 0, momentum: 0, nesterov: false },
      },
    },
    [0, 1].map((view) => feed(`view${view}`, [batchSize, 3, side, side])),
  );
  const state = initialState(variables, 1);
  const program = await ortExecutor({ device: 'cpu', threads: 1, spinning: false }).compile(
    { outputs: { loss: step.loss }, updates: Object.fromEntries(variables.updates) },
    state,
  );
  const { loss } = await program.step({
    view0: randomTensor([batchSize, 3, side, side], 1),
    view1: randomTensor([batchSize, 3, side, side], 2),
    learningRate: tensor([], [0.01]),
  });
  expect(loss.data[0]).toBeGreaterThan(0);
  const after = await program.read();
  await program.dispose();
  for (const { name, trainable } of variables.declared.values()) {
    if (!trainable) continue;
    expect(after[name].data.every(Number.isFinite), name).toBe(true);
    expect(
      after[name].data.some((value, i) => value !== state[name].data[i]),
      name,
    ).toBe(true);
  }
});
