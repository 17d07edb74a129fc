import { describe, expect, it } from 'vitest';
import networks from '../../fixtures/nn/networks.json' with { type: 'json' };
import published from '../../fixtures/nn/publishedVariables.json' with { type: 'json' };
import { referenceExecutor } from '../../../main/engine/execute/reference/referenceExecutor.ts';
import { feed } from '../../../main/engine/graph/ops.ts';
import { createEncoder } from '../../../main/nn/createEncoder.ts';
import { createVariables, rootScope } from '../../../main/nn/variables.ts';
import { relativeDifference, sketch } from './closeness.ts';
import { runNetwork, type NetworkCase } from './networkCase.ts';
import { encoderNames } from '../../../main/nn/encoder.ts';
import type { Tensors } from '../../../main/engine/execute/executor.ts';

/** Both sides compute in float64; the fixtures hold 12 digits. */
const tolerance = 1e-7;

/** Both blocks and both stems; the rest would be the same again, and slow: ONNX Runtime runs them all. */
const cases = (networks as NetworkCase[]).filter(
  ({ name, stem }) => name === 'resnet18' || (name !== 'resnet34' && stem === 'small'),
);

describe.each(cases)('$name, width $width, $stem stem, $imageSize px, against torchvision', (network) => {
  it('gives the same features in inference', async () => {
    const { outputs } = await runNetwork(referenceExecutor, network, 'inference');
    expect(relativeDifference(outputs.features.data, network.inference)).toBeLessThan(tolerance);
  });

  it('gives the same features, gradients and running statistics in training', async () => {
    const { outputs, state } = await runNetwork(referenceExecutor, network, 'training', {
      withGradients: true,
    });
    expect(relativeDifference(outputs.features.data, network.training)).toBeLessThan(tolerance);
    expectSketches(outputs, network.gradients, (name) => `gradient ${name}`);
    expectSketches(state, network.runningStatistics, (name) => name);
  });
});

describe.each(encoderNames)('%s at width 1', (name) => {
  it("has torchvision's variables, by name and shape", () => {
    const variables = createVariables();
    const encoder = createEncoder({ name, width: 1, stem: 'standard' });
    encoder.build(rootScope(variables, 'training'), feed('images', [2, 3, 64, 64]));
    const shapes = Object.fromEntries([...variables.declared.values()].map((v) => [v.name, v.shape]));
    expect(shapes).toEqual(published[name]);
  });
});

function expectSketches(
  actual: Tensors,
  expected: Readonly<Record<string, readonly number[]>>,
  key: (name: string) => string,
): void {
  for (const [name, values] of Object.entries(expected)) {
    expect(relativeDifference(sketch(actual[key(name)].data), values), name).toBeLessThan(tolerance);
  }
}
