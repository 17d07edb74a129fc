import { describe, expect, it } from 'vitest';
import { feed } from '../../../main/engine/graph/ops.ts';
import { createVariables, rootScope } from '../../../main/nn/variables.ts';
import { mlpHead, type MlpHeadOptions } from '../../../main/ssl/heads/mlpHead.ts';

function names(options: MlpHeadOptions): string[] {
  const variables = createVariables();
  const head = rootScope(variables, 'training').child('projector');
  const y = mlpHead(head, feed('x', [4, 6]), options);
  expect(y.shape).toEqual([4, options.layers[options.layers.length - 1]]);
  return [...variables.declared.values()].filter(({ trainable }) => trainable).map(({ name }) => name);
}

describe('mlpHead', () => {
  it('numbers layers as a sequence of modules does', () => {
    expect(names({ layers: [8, 4], normalization: 'none' })).toEqual([
      'projector.0.weight',
      'projector.0.bias',
      'projector.2.weight',
      'projector.2.bias',
    ]);
  });

  it('normalises the hidden layers, which then have no bias', () => {
    expect(names({ layers: [8, 8, 4], normalization: 'hidden' })).toEqual([
      'projector.0.weight',
      'projector.1.weight',
      'projector.1.bias',
      'projector.3.weight',
      'projector.4.weight',
      'projector.4.bias',
      'projector.6.weight',
      'projector.6.bias',
    ]);
  });

  it('normalises the last layer too', () => {
    expect(names({ layers: [4], normalization: 'all' })).toEqual([
      'projector.0.weight',
      'projector.1.weight',
      'projector.1.bias',
    ]);
  });
});
