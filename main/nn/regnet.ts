import { add, divide, matmul, multiply, relu, reshape, tanh } from '../engine/graph/ops.ts';
import { staticDim } from '../engine/graph/shape.ts';
import { batchNorm, conv2d, globalAveragePool } from './layers.ts';
import type { Node } from '../engine/graph/node.ts';
import type { Encoder, EncoderDescription, RegnetName } from './encoder.ts';
import type { Scope } from './variables.ts';

interface Architecture {
  /** Channels and blocks of each of the four stages. */
  readonly widths: readonly number[];
  readonly depths: readonly number[];
  /** Channels of each group of the 3×3 convolutions. */
  readonly groupWidth: number;
}

/** What the paper's width rule gives, as torchvision has it. */
const architectures: { readonly [Name in RegnetName]: Architecture } = {
  regnet_y_400mf: { widths: [48, 104, 208, 440], depths: [1, 3, 6, 6], groupWidth: 8 },
  regnet_y_800mf: { widths: [64, 144, 320, 784], depths: [1, 3, 8, 2], groupWidth: 16 },
  regnet_y_3_2gf: { widths: [72, 216, 576, 1512], depths: [2, 5, 13, 1], groupWidth: 24 },
  regnet_y_8gf: { widths: [224, 448, 896, 2016], depths: [2, 4, 10, 1], groupWidth: 56 },
};

const stemChannels = 32;
/** Squeezed channels over those that enter the block. */
const squeezeShare = 0.25;

/**
 * RegNetY (Radosavovic et al. 2020, Designing Network Design Spaces; SEER's encoder) up to its pooled features,
 * without the classifying layer; variables named, initialised and counted as torchvision's.
 * `width` multiplies the channels of stem and stages, those of stages rounded to whole groups.
 */
export function regnet(description: EncoderDescription<RegnetName>): Encoder {
  const { name, width, stem } = description;
  const { widths, depths, groupWidth } = architectures[name];
  const channels = widths.map((published) => wholeGroups(published * width, groupWidth));
  return {
    description,
    featureCount: channels[channels.length - 1],
    build: (scope, images) => {
      const stride = stem === 'standard' ? 2 : 1;
      const out = Math.max(8, Math.round(stemChannels * width));
      let x = relu(normalizedConv(scope.child('stem'), images, { out, kernel: 3, stride, padding: 1 }));
      depths.forEach((depth, stage) => {
        const place = scope.child('trunk_output').child(`block${stage + 1}`);
        for (let i = 0; i < depth; i++) {
          const shape = { out: channels[stage], stride: i === 0 ? 2 : 1, groupWidth };
          x = block(place.child(`block${stage + 1}-${i}`), x, shape);
        }
      });
      return globalAveragePool(x);
    },
  };
}

function wholeGroups(channels: number, groupWidth: number): number {
  return groupWidth * Math.max(1, Math.round(channels / groupWidth));
}

interface BlockShape {
  readonly out: number;
  readonly stride: number;
  readonly groupWidth: number;
}

/** 1×1, grouped 3×3, squeeze and excitation, 1×1; the input is added, projected where the shape changes. */
function block(scope: Scope, x: Node, { out, stride, groupWidth }: BlockShape): Node {
  const inputs = staticDim(x.shape, 1);
  const place = scope.child('f');
  const projected = stride !== 1 || inputs !== out;
  const shortcut = projected
    ? normalizedConv(scope.child('proj'), x, { out, kernel: 1, stride, padding: 0 })
    : x;
  const narrow = relu(normalizedConv(place.child('a'), x, { out, kernel: 1, stride: 1, padding: 0 }));
  const grouped = { out, kernel: 3, stride, padding: 1, groups: out / groupWidth };
  const spatial = relu(normalizedConv(place.child('b'), narrow, grouped));
  const weighed = squeezeAndExcite(place.child('se'), spatial, Math.round(squeezeShare * inputs));
  const last = normalizedConv(place.child('c'), weighed, { out, kernel: 1, stride: 1, padding: 0 });
  return relu(add(shortcut, last));
}

/** A convolution and its normalisation, `0` and `1`. */
function normalizedConv(scope: Scope, x: Node, shape: Parameters<typeof conv2d>[2]): Node {
  return batchNorm(scope.child('1'), conv2d(scope.child('0'), x, shape));
}

/** Multiplies each channel by a factor in 0 … 1 that the means of all channels decide (Hu et al. 2018). */
function squeezeAndExcite(scope: Scope, x: Node, squeezed: number): Node {
  const [batch = 1, channels = 1] = x.shape;
  const narrow = relu(pixelLinear(scope.child('fc1'), globalAveragePool(x), squeezed));
  const gates = sigmoid(pixelLinear(scope.child('fc2'), narrow, staticDim(x.shape, 1)));
  return multiply(x, reshape(gates, [batch, channels, 1, 1]));
}

/** A 1×1 convolution with bias on one pixel: (x [N, in]) → [N, out]. Declares `weight` [out, in, 1, 1] and `bias`. */
function pixelLinear(scope: Scope, x: Node, out: number): Node {
  const inputs = staticDim(x.shape, 1);
  const weight = scope.parameter('weight', [out, inputs, 1, 1], {
    kind: 'normal',
    deviation: Math.sqrt(2 / out),
  });
  const bias = scope.parameter('bias', [out], { kind: 'uniform', bound: 1 / Math.sqrt(inputs) });
  return add(matmul(x, reshape(weight, [out, inputs]), { transposeB: true }), bias);
}

/** 1/(1 + e⁻ˣ), from tanh so that nothing overflows. */
function sigmoid(x: Node): Node {
  return divide(add(tanh(multiply(x, 0.5)), 1), 2);
}
