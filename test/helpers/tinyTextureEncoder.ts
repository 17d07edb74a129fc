import { relu } from '../../main/engine/graph/ops.ts';
import { batchNorm, conv2d, globalAveragePool } from '../../main/nn/layers.ts';
import type { Encoder } from '../../main/nn/encoder.ts';
import type { Scope } from '../../main/nn/variables.ts';

const channels = [8, 12];

/** Two convolutions of stride 2 with ReLU: enough to tell the directions of `writeTinyStore`'s waves apart. */
export const tinyTextureEncoder: Encoder = {
  description: { name: 'resnet18', width: 1, stem: 'small' },
  featureCount: 12,
  build: (scope: Scope, images) => {
    let x = images;
    channels.forEach((out, i) => {
      const convolved = conv2d(scope.child(`conv${i + 1}`), x, { out, kernel: 3, stride: 2, padding: 1 });
      x = relu(batchNorm(scope.child(`bn${i + 1}`), convolved));
    });
    return globalAveragePool(x);
  },
};
