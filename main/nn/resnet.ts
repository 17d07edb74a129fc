import { add, maxPool2d, relu } from '../engine/graph/ops.ts';
import { staticDim } from '../engine/graph/shape.ts';
import { batchNorm, conv2d, globalAveragePool } from './layers.ts';
import type { Node } from '../engine/graph/node.ts';
import type { Encoder, EncoderDescription, ResnetName } from './encoder.ts';
import type { Scope } from './variables.ts';

/** Under this many pixels a side, the standard stem would leave too little of an image. */
export const standardStemSize = 64;

/** A residual block: (x, channel count of its inner convolutions, stride) → features. */
type Block = (scope: Scope, x: Node, channels: number, stride: number) => Node;

interface Architecture {
  readonly block: Block;
  /** The block's output channels over its inner ones. */
  readonly expansion: number;
  /** Blocks in each of the four layers. */
  readonly depths: readonly [number, number, number, number];
}

const architectures: { readonly [Name in ResnetName]: Architecture } = {
  resnet18: { block: basicBlock, expansion: 1, depths: [2, 2, 2, 2] },
  resnet34: { block: basicBlock, expansion: 1, depths: [3, 4, 6, 3] },
  resnet50: { block: bottleneck, expansion: 4, depths: [3, 4, 6, 3] },
  resnet101: { block: bottleneck, expansion: 4, depths: [3, 4, 23, 3] },
  resnet152: { block: bottleneck, expansion: 4, depths: [3, 8, 36, 3] },
};

/**
 * ResNet (He et al. 2016) up to its pooled features, without the classifying layer; variables named, initialised and
 * counted as torchvision's. The bottleneck has its stride in the 3×3 convolution ("v1.5").
 * `width` multiplies every channel count, each rounded.
 */
export function resnet(description: EncoderDescription<ResnetName>): Encoder {
  const { name, width, stem } = description;
  const { block, expansion, depths } = architectures[name];
  const channels = depths.map((_, layer) => Math.round(64 * 2 ** layer * width));
  return {
    description,
    featureCount: channels[channels.length - 1] * expansion,
    build: (scope, images) => {
      let x = stems[stem](scope, images, channels[0]);
      depths.forEach((depth, layer) => {
        const place = scope.child(`layer${layer + 1}`);
        for (let i = 0; i < depth; i++)
          x = block(place.child(`${i}`), x, channels[layer], i === 0 && layer > 0 ? 2 : 1);
      });
      return globalAveragePool(x);
    },
  };
}

/** The stem that suits images of this many pixels a side. */
export function stemFor(imageSize: number): EncoderDescription['stem'] {
  return imageSize < standardStemSize ? 'small' : 'standard';
}

type Stem = (scope: Scope, images: Node, out: number) => Node;

const stems: { readonly [Name in EncoderDescription['stem']]: Stem } = {
  small: (scope, images, out) => {
    const x = conv2d(scope.child('conv1'), images, { out, kernel: 3, stride: 1, padding: 1 });
    return relu(batchNorm(scope.child('bn1'), x));
  },
  standard: (scope, images, out) => {
    const x = conv2d(scope.child('conv1'), images, { out, kernel: 7, stride: 2, padding: 3 });
    return maxPool2d(relu(batchNorm(scope.child('bn1'), x)), { kernel: 3, stride: 2, padding: 1 });
  },
};

function basicBlock(scope: Scope, x: Node, channels: number, stride: number): Node {
  const first = relu(normalizedConv(scope, '1', x, { out: channels, kernel: 3, stride, padding: 1 }));
  const second = normalizedConv(scope, '2', first, { out: channels, kernel: 3, stride: 1, padding: 1 });
  return relu(add(second, shortcut(scope, x, channels, stride)));
}

function bottleneck(scope: Scope, x: Node, channels: number, stride: number): Node {
  const out = channels * architectures.resnet50.expansion;
  const narrow = relu(normalizedConv(scope, '1', x, { out: channels, kernel: 1, stride: 1, padding: 0 }));
  const spatial = relu(normalizedConv(scope, '2', narrow, { out: channels, kernel: 3, stride, padding: 1 }));
  const wide = normalizedConv(scope, '3', spatial, { out, kernel: 1, stride: 1, padding: 0 });
  return relu(add(wide, shortcut(scope, x, out, stride)));
}

/** `conv<number>` and `bn<number>`. */
function normalizedConv(scope: Scope, number: string, x: Node, shape: Parameters<typeof conv2d>[2]): Node {
  return batchNorm(scope.child(`bn${number}`), conv2d(scope.child(`conv${number}`), x, shape));
}

/** x itself, or projected by a 1×1 convolution where the block changes its shape. */
function shortcut(scope: Scope, x: Node, out: number, stride: number): Node {
  if (stride === 1 && staticDim(x.shape, 1) === out) return x;
  const place = scope.child('downsample');
  return batchNorm(place.child('1'), conv2d(place.child('0'), x, { out, kernel: 1, stride, padding: 0 }));
}
