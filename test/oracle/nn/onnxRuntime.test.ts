import { describe, expect, it } from 'vitest';
import networks from '../../fixtures/nn/networks.json' with { type: 'json' };
import { ortExecutor } from '../../../main/engine/execute/ort/ortExecutor.ts';
import { feed } from '../../../main/engine/graph/ops.ts';
import { initialState } from '../../../main/nn/initialize.ts';
import { batchNorm } from '../../../main/nn/layers.ts';
import { createVariables, rootScope } from '../../../main/nn/variables.ts';
import { relativeDifference, sketch } from './closeness.ts';
import { runNetwork, type NetworkCase } from './networkCase.ts';

const executor = ortExecutor({ device: 'cpu', threads: 1, spinning: false });

describe.each(networks as NetworkCase[])(
  '$name, width $width, $stem stem, $imageSize px, in ONNX Runtime against torchvision',
  (network) => {
    it('gives the same features in inference', async () => {
      const { outputs } = await runNetwork(executor, network, 'inference');
      expect(relativeDifference(outputs.features.data, network.inference)).toBeLessThan(1e-4);
    });

    it('gives the same features and running statistics in training', async () => {
      const { outputs, state } = await runNetwork(executor, network, 'training');
      expect(relativeDifference(outputs.features.data, network.training)).toBeLessThan(1e-4);
      for (const [name, expected] of Object.entries(network.runningStatistics))
        expect(relativeDifference(sketch(state[name].data), expected), name).toBeLessThan(1e-4);
    });
    // Gradients are compared in float64 only: in float32 a few ReLUs fall to the other side of their kink.
  },
);

describe('batchNorm in ONNX Runtime', () => {
  it.each([3.3, 10.7, 33.3, 100.1])('gives zeros for a channel that is %d throughout', async (value) => {
    const variables = createVariables();
    const y = batchNorm(rootScope(variables, 'training'), feed('x', [60, 1]), { affine: false });
    const graph = { outputs: { y }, updates: Object.fromEntries(variables.updates) };
    const program = await executor.compile(graph, initialState(variables, 0));
    const x = { dtype: 'float32', shape: [60, 1], data: new Float32Array(60).fill(value) } as const;
    const outputs = await program.step({ x });
    for (const element of outputs.y.data) expect(Math.abs(element)).toBeLessThan(0.02);
    await program.dispose();
  });
});
