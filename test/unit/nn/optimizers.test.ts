import { describe, expect, it } from 'vitest';
import { createReferenceExecutor } from '../../../main/engine/execute/reference/referenceExecutor.ts';
import { add, constant, multiply, reduceSum, scalar } from '../../../main/engine/graph/ops.ts';
import { initialState } from '../../../main/nn/initialize.ts';
import { applyOptimizer } from '../../../main/nn/optimizers.ts';
import { createVariables, rootScope } from '../../../main/nn/variables.ts';
import type { NumericArray } from '../../../main/engine/graph/node.ts';
import type { LarsSettings, OptimizerSettings, ResolvedParameterGroup } from '../../../main/nn/optimizers.ts';

const lars: LarsSettings = {
  name: 'lars',
  learningRate: 0.2,
  perBatch: null,
  weightDecay: 1e-4,
  momentum: 0.9,
  variant: 'norm-sum',
  trustCoefficient: 0.001,
  clip: false,
};

const adamw: OptimizerSettings = {
  name: 'adamw',
  learningRate: 0.1,
  perBatch: null,
  weightDecay: 0.5,
  betas: [0.9, 0.999],
  epsilon: 1e-8,
};

const variants = (['norm-sum', 'norm-of-sum'] as const).flatMap((variant) =>
  [false, true].map((clip) => ({ variant, clip })),
);

describe.each(variants)('LARS $variant, clip $clip', (variant) => {
  const settings = { ...lars, ...variant };

  it('leaves zeros without gradient at zero', async () => {
    expect([...(await step({ settings, weight: [0, 0], slope: [0, 0] }))]).toEqual([0, 0]);
  });

  it('moves zeros by their gradient', async () => {
    const moved = await step({ settings, weight: [0, 0], slope: [1, -2] });
    expect(moved[0]).toBeCloseTo(-0.2, 6);
    expect(moved[1]).toBeCloseTo(0.4, 6);
  });

  it('stays finite at a learning rate of zero', async () => {
    expect([...(await step({ settings, weight: [3, 4], slope: [1, 1], learningRate: 0 }))]).toEqual([3, 4]);
  });

  it('does not depend on the scale of the gradient where decay is small', async () => {
    const undecayed = { ...settings, weightDecay: 0 };
    const small = await step({ settings: undecayed, weight: [3, 4], slope: [1, 1] });
    const large = await step({ settings: undecayed, weight: [3, 4], slope: [1000, 1000] });
    expect(small[0]).toBeLessThan(3);
    expect(large[0]).toBeCloseTo(small[0], 6);
  });
});

describe('applyOptimizer', () => {
  it('lets a parameter without gradient decay by AdamW and SGD, unless its group says otherwise', async () => {
    const still = { weight: [2, 2], slope: [0, 0], learningRate: 0.1 };
    expect((await step({ settings: adamw, ...still }))[0]).toBeCloseTo(1.9, 6);
    expect((await step({ settings: adamw, ...still, group: { weightDecay: false } }))[0]).toBe(2);
    const sgd: OptimizerSettings = { ...adamw, name: 'sgd', momentum: 0, nesterov: false };
    expect((await step({ settings: sgd, ...still }))[0]).toBeCloseTo(1.9, 6);
  });

  it('trains no buffer and gives each slot a name under "optimizer."', () => {
    const variables = createVariables();
    const scope = rootScope(variables, 'training');
    const weight = scope.parameter('encoder.w', [2], { kind: 'constant', value: 1 });
    applyOptimizer({
      variables,
      loss: reduceSum(weight),
      settings: adamw,
      learningRate: scalar(1),
      initialLearningRate: scalar(1),
    });
    expect([...variables.updates.keys()].sort()).toEqual([
      'encoder.w',
      'optimizer.mean.encoder.w',
      'optimizer.meanSquare.encoder.w',
      'optimizer.weight1',
      'optimizer.weight2',
    ]);
    const trainable = [...variables.declared.values()].filter((variable) => variable.trainable);
    expect(trainable.map(({ name }) => name)).toEqual(['encoder.w']);
  });

  it("moves AdamW's first steps by the learning rate also in float32", async () => {
    const still = { settings: { ...adamw, weightDecay: 0 }, weight: [1, 1], slope: [1e-3, 20] };
    const moved = await step({ ...still, learningRate: 0.25 });
    expect(moved[0]).toBeCloseTo(0.75, 4);
    expect(moved[1]).toBeCloseTo(0.75, 6);
  });
});

/** One step in float32 on Σ slope·weight, the weight a matrix [1, 2]. */
async function step({
  settings,
  weight,
  slope,
  learningRate = settings.learningRate,
  group = {},
}: {
  settings: OptimizerSettings;
  weight: readonly number[];
  slope: readonly number[];
  learningRate?: number;
  group?: ResolvedParameterGroup;
}): Promise<NumericArray> {
  const variables = createVariables();
  const w = rootScope(variables, 'training').parameter('w', [1, 2], { kind: 'constant', value: 0 });
  const loss = add(reduceSum(multiply(w, constant(Float64Array.from(slope), [1, 2]))), 1);
  applyOptimizer({
    variables,
    loss,
    settings,
    learningRate: scalar(learningRate),
    initialLearningRate: scalar(learningRate),
    group: () => group,
  });
  const program = await createReferenceExecutor({ precision: 'float32' }).compile(
    { outputs: { loss }, updates: Object.fromEntries(variables.updates) },
    {
      ...initialState(variables, 0),
      w: { dtype: 'float32', shape: [1, 2], data: Float64Array.from(weight) },
    },
  );
  await program.step({});
  return (await program.read(['w'])).w.data;
}
