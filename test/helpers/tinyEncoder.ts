import { tanh } from '../../main/engine/graph/ops.ts';
import { batchNorm, conv2d, globalAveragePool } from '../../main/nn/layers.ts';
import type { Encoder } from '../../main/nn/encoder.ts';

/**
 * Two convolutions of stride 2, each normalised and squashed by tanh, which has no kink where rounding could flip a
 * gradient. The description is none of its own: nothing but a checkpoint reads it.
 */
export const tinyEncoder: Encoder = {
  description: { name: 'resnet18', width: 1, stem: 'small' },
  featureCount: 6,
  build: (scope, images) => {
    const layer = (x: typeof images, position: number, out: number): typeof images =>
      tanh(
        batchNorm(
          scope.child(`bn${position}`),
          conv2d(scope.child(`conv${position}`), x, { out, kernel: 3, stride: 2, padding: 1 }),
        ),
      );
    return globalAveragePool(layer(layer(images, 1, 4), 2, 6));
  },
};
