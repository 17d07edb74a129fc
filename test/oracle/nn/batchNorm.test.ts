import { describe, expect, it } from 'vitest';
import fixtures from '../../fixtures/nn/batchNorm.json' with { type: 'json' };
import { referenceExecutor } from '../../../main/engine/execute/reference/referenceExecutor.ts';
import { gradients } from '../../../main/engine/gradient/gradients.ts';
import { checkGraph } from '../../../main/engine/graph/checkGraph.ts';
import { add, constant, feed, multiply, reduceSum, scalar } from '../../../main/engine/graph/ops.ts';
import { batchNorm } from '../../../main/nn/layers.ts';
import { createVariables, rootScope } from '../../../main/nn/variables.ts';
import { relativeDifference } from './closeness.ts';
import { formulaValues, startingValue } from './formulaValues.ts';
import type { Node, Tensor } from '../../../main/engine/graph/node.ts';

const tolerance = 1e-9;

describe.each(fixtures)('batchNorm, $name, against PyTorch', (fixture) => {
  it('gives the same outputs, gradients and running statistics', async () => {
    const { outputs, state } = await runBatchNorm(fixture);
    const close = (actual: Tensor, expected: readonly number[]): void =>
      expect(relativeDifference(actual.data, expected)).toBeLessThan(tolerance);
    fixture.outputs.forEach((expected, i) => close(outputs[`y${i}`], expected));
    fixture.inputGradients.forEach((expected, i) => close(outputs[`x${i} gradient`], expected));
    for (const [name, expected] of Object.entries(fixture.gradients))
      close(outputs[`${name} gradient`], expected);
    close(state.running_mean, fixture.runningMean);
    close(state.running_var, fixture.runningVariance);
  });
});

async function runBatchNorm(fixture: (typeof fixtures)[number]): Promise<{
  outputs: Readonly<Record<string, Tensor>>;
  state: Readonly<Record<string, Tensor>>;
}> {
  const { shape, splits, affine } = fixture;
  const variables = createVariables();
  const scope = rootScope(variables, 'training');
  const xs = fixture.outputs.map((_, i) => feed(`x${i}`, shape));
  const ys = xs.map((x) => batchNorm(scope, x, { splits, affine }));
  const loss = ys
    .map((y, i) => reduceSum(multiply(y, constant(formulaValues(`loss${i}`, shape), shape))))
    .reduce((sum, term) => add(sum, term), scalar(0));
  const parameters = [...variables.declared.values()].filter(({ trainable }) => trainable);
  const wanted: Record<string, Node> = Object.fromEntries(xs.map((x, i) => [`x${i} gradient`, x]));
  for (const { name } of parameters) wanted[`${name} gradient`] = variables.nodes.get(name)!;
  const derived = gradients(loss, Object.values(wanted));
  const graph = {
    outputs: Object.fromEntries([
      ...ys.map((y, i) => [`y${i}`, y] as const),
      ...Object.keys(wanted).map((name, i) => [name, derived[i]] as const),
    ]),
    updates: Object.fromEntries(variables.updates),
  };
  checkGraph(graph);
  const state = [...variables.declared.values()].map(
    (v) => [v.name, startingValue(v.name, v.shape)] as const,
  );
  const program = await referenceExecutor.compile(graph, Object.fromEntries(state));
  const outputs = await program.step(
    Object.fromEntries(
      xs.map((_, i) => {
        const data = formulaValues(`x${i}`, shape).map((value) => 1 + value);
        return [`x${i}`, { dtype: 'float32', shape, data } as const];
      }),
    ),
  );
  return { outputs, state: await program.read() };
}
