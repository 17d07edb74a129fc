import { describe, expect, it } from 'vitest';
import fixtures from '../../fixtures/nn/optimizers.json' with { type: 'json' };
import { ortExecutor } from '../../../main/engine/execute/ort/ortExecutor.ts';
import { referenceExecutor } from '../../../main/engine/execute/reference/referenceExecutor.ts';
import { checkGraph } from '../../../main/engine/graph/checkGraph.ts';
import { add, constant, feed, matmul, multiply, reduceSum, tanh } from '../../../main/engine/graph/ops.ts';
import { initialState } from '../../../main/nn/initialize.ts';
import { applyOptimizer } from '../../../main/nn/optimizers.ts';
import { createVariables, rootScope } from '../../../main/nn/variables.ts';
import { relativeDifference } from './closeness.ts';
import { formulaValues, roundedFor } from './formulaValues.ts';
import type { Executor, Program } from '../../../main/engine/execute/executor.ts';
import type { Node, Tensor } from '../../../main/engine/graph/node.ts';
import type { OptimizerSettings, ResolvedParameterGroup } from '../../../main/nn/optimizers.ts';
import type { Scope } from '../../../main/nn/variables.ts';

interface OptimizerCase {
  readonly name: string;
  readonly settings: OptimizerSettings;
  readonly groups: Readonly<Record<string, ResolvedParameterGroup>>;
  /** Every parameter after each step. */
  readonly states: readonly Readonly<Record<string, readonly number[]>>[];
}

const rates = [0.1, 0.05, 0.02];
const zero = { kind: 'constant', value: 0 } as const;

const executors = [
  { executor: referenceExecutor, tolerance: 1e-9 },
  { executor: ortExecutor({ device: 'cpu', threads: 1, spinning: false }), tolerance: 1e-5 },
];

describe.each(fixtures as unknown as OptimizerCase[])('$name, against PyTorch', (fixture) => {
  it.each(executors)('takes the same three steps ($executor.name)', async ({ executor, tolerance }) => {
    const { program, slots } = await compile(executor, fixture);
    for (const [i, expected] of fixture.states.entries()) {
      await program.step(roundedFor(executor, usedRates(fixture, rates[i])));
      const state = await program.read();
      for (const [name, values] of Object.entries(expected))
        expect(relativeDifference(state[name].data, values), `${name} after ${i + 1}`).toBeLessThan(
          tolerance,
        );
    }
    await program.dispose();
    expect(
      slots.every((name) => /^optimizer\.[a-zA-Z0-9]+(\.(layer|still)\.(weight|bias))?$/.test(name)),
    ).toBe(true);
  });
});

async function compile(
  executor: Executor,
  { settings, groups }: OptimizerCase,
): Promise<{ program: Program; slots: readonly string[] }> {
  const variables = createVariables();
  const loss = toyLoss(rootScope(variables, 'training'));
  applyOptimizer({
    variables,
    loss,
    settings,
    learningRate: feed('learningRate', []),
    initialLearningRate: feed('initialLearningRate', []),
    group: ({ name }) => groups[name] ?? {},
  });
  const graph = { outputs: { loss }, updates: Object.fromEntries(variables.updates) };
  checkGraph(graph);
  const state: Record<string, Tensor> = initialState(variables, 0);
  for (const name of ['layer.weight', 'layer.bias'])
    state[name] = { ...state[name], data: formulaValues(name, state[name].shape) };
  const slots = [...variables.declared.values()].filter((v) => !v.trainable).map((v) => v.name);
  return { program: await executor.compile(graph, roundedFor(executor, state)), slots };
}

/** A matrix, a vector, and a matrix of zeros whose gradient is zero. */
function toyLoss(scope: Scope): Node {
  const weight = scope.parameter('layer.weight', [3, 4], zero);
  const bias = scope.parameter('layer.bias', [4], zero);
  const still = scope.parameter('still.weight', [2, 2], zero);
  const y = tanh(add(matmul(constant(formulaValues('x', [5, 3]), [5, 3]), weight), bias));
  const fitted = reduceSum(multiply(y, constant(formulaValues('loss', [5, 4]), [5, 4])));
  return add(fitted, reduceSum(multiply(still, 0)));
}

function usedRates({ groups }: OptimizerCase, rate: number): Record<string, Tensor> {
  const one = (value: number): Tensor => ({ dtype: 'float32', shape: [], data: Float64Array.of(value) });
  const constantRate = Object.values(groups).some((group) => group.constantLearningRate);
  return { learningRate: one(rate), ...(constantRate ? { initialLearningRate: one(rates[0]) } : {}) };
}
