import { expect, it } from 'vitest';
import { feed } from '../../../main/engine/graph/ops.ts';
import { elementCount } from '../../../main/engine/graph/shape.ts';
import { createEncoder } from '../../../main/nn/createEncoder.ts';
import { createVariables, rootScope } from '../../../main/nn/variables.ts';
import type { EncoderName } from '../../../main/nn/encoder.ts';

// Numbers of parameters as published, without making any.

/** torchvision's `num_params` of each model's weights, which have a classifying layer for 1000 classes. */
const published: readonly (readonly [EncoderName, number])[] = [
  ['resnet18', 11_689_512],
  ['resnet34', 21_797_672],
  ['resnet50', 25_557_032],
  ['resnet101', 44_549_160],
  ['resnet152', 60_192_808],
  ['regnet_y_400mf', 4_344_144],
  ['regnet_y_800mf', 6_432_512],
  ['regnet_y_3_2gf', 19_436_338],
  ['regnet_y_8gf', 39_381_472],
];

function countParameters(name: EncoderName, width: number): { parameters: number; features: number } {
  const variables = createVariables();
  const encoder = createEncoder({ name, width, stem: 'standard' });
  const features = encoder.build(rootScope(variables, 'training'), feed('images', [2, 3, 64, 64]));
  expect(features.shape).toEqual([2, encoder.featureCount]);
  const trainable = [...variables.declared.values()].filter((variable) => variable.trainable);
  const parameters = trainable.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  return { parameters, features: encoder.featureCount };
}

it.each(published)('%s has %d parameters with its classifying layer', (name, expected) => {
  const { parameters, features } = countParameters(name, 1);
  expect(parameters + 1000 * (features + 1)).toBe(expected);
});

/** SimCLR, table B.2 and others: "24M, 94M, 375M". */
it.each([
  [1, 24],
  [2, 94],
  [4, 375],
])('ResNet-50 at width %d has %d million parameters', (width, millions) => {
  const { parameters, features } = countParameters('resnet50', width);
  expect(Math.round(parameters / 1e6)).toBe(millions);
  expect(features).toBe(2048 * width);
});
