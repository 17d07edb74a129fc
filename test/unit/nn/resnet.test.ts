import { describe, expect, it } from 'vitest';
import { feed } from '../../../main/engine/graph/ops.ts';
import { createEncoder } from '../../../main/nn/createEncoder.ts';
import { stemFor } from '../../../main/nn/resnet.ts';
import { createVariables, rootScope } from '../../../main/nn/variables.ts';
import type { EncoderDescription } from '../../../main/nn/encoder.ts';

describe('resnet', () => {
  it.each([
    { name: 'resnet18', parameters: 11_176_512 },
    { name: 'resnet34', parameters: 21_284_672 },
    { name: 'resnet50', parameters: 23_508_032 },
  ] as const)('$name has the published $parameters parameters', ({ name, parameters }) => {
    expect(parameterCount({ name, width: 1, stem: 'standard' })).toBe(parameters);
  });

  it.each([
    { width: 2, millions: 94 },
    { width: 4, millions: 375 },
  ])("resnet50 at width $width has SimCLR's $millions million", ({ width, millions }) => {
    const count = parameterCount({ name: 'resnet50', width, stem: 'standard' });
    expect(Math.round(count / 1e6)).toBe(millions);
  });

  it('the small stem saves the difference of a 3×3 and a 7×7 kernel', () => {
    const small = parameterCount({ name: 'resnet18', width: 1, stem: 'small' });
    expect(11_176_512 - small).toBe(64 * 3 * (49 - 9));
  });

  it.each([
    { name: 'resnet18', width: 0.125, features: 64 },
    { name: 'resnet18', width: 0.3, features: 154 },
    { name: 'resnet50', width: 4, features: 8192 },
  ] as const)('$name at width $width has $features features', ({ name, width, features }) => {
    const encoder = createEncoder({ name, width, stem: 'small' });
    expect(encoder.featureCount).toBe(features);
    const images = feed('images', [2, 3, 16, 16]);
    expect(encoder.build(rootScope(createVariables(), 'training'), images).shape).toEqual([2, features]);
  });

  it('takes a batch of any size in inference', () => {
    const images = feed('images', ['N', 3, 32, 32]);
    const encoder = createEncoder({ name: 'resnet50', width: 0.125, stem: 'small' });
    expect(encoder.build(rootScope(createVariables(), 'inference'), images).shape).toEqual(['N', 256]);
  });

  it('shares its weights between two calls in one scope', () => {
    const variables = createVariables();
    const encoder = createEncoder({ name: 'resnet18', width: 0.125, stem: 'small' });
    const scope = rootScope(variables, 'training').child('encoder');
    encoder.build(scope, feed('a', [2, 3, 16, 16]));
    const names = [...variables.declared.keys()];
    encoder.build(scope, feed('b', [2, 3, 16, 16]));
    expect([...variables.declared.keys()]).toEqual(names);
    expect(names).toContain('encoder.layer4.0.downsample.1.running_var');
  });

  it.each([0, 0.1, 4.5, NaN])('refuses a width of %d', (width) => {
    expect(() => createEncoder({ name: 'resnet18', width, stem: 'small' })).toThrow('width');
  });
});

describe('stemFor', () => {
  it('is small under 64 pixels', () => {
    expect([32, 63, 64, 224].map(stemFor)).toEqual(['small', 'small', 'standard', 'standard']);
  });
});

function parameterCount(description: EncoderDescription): number {
  const variables = createVariables();
  createEncoder(description).build(rootScope(variables, 'training'), feed('images', [2, 3, 64, 64]));
  return [...variables.declared.values()]
    .filter(({ trainable }) => trainable)
    .reduce((sum, { shape }) => sum + shape.reduce((product, dim) => product * dim, 1), 0);
}
