import { describe, expect, it } from 'vitest';
import { initialState } from '../../../main/nn/initialize.ts';
import { linear } from '../../../main/nn/layers.ts';
import { resnet } from '../../../main/nn/resnet.ts';
import { feed } from '../../../main/engine/graph/ops.ts';
import { buffer, createVariables, rootScope } from '../../../main/nn/variables.ts';
import type { Variables } from '../../../main/nn/variables.ts';

const normal = { kind: 'normal', deviation: 1 } as const;

describe('initialState', () => {
  it('depends on the seed and the name, not on what else is declared or when', () => {
    const forward = declared(['a', 'b']);
    const backward = declared(['c', 'b', 'a']);
    const [first, second] = [initialState(forward, 3), initialState(backward, 3)];
    expect(first.a.data).toEqual(second.a.data);
    expect(first.b.data).toEqual(second.b.data);
    expect(first.a.data).not.toEqual(first.b.data);
    expect(initialState(forward, 4).a.data).not.toEqual(first.a.data);
  });

  it('follows copies to the end, each with an array of its own', () => {
    const variables = declared(['a']);
    const scope = rootScope(variables, 'training');
    buffer(scope, 'b', [10], { kind: 'copy', of: 'c' });
    buffer(scope, 'c', [10], { kind: 'copy', of: 'a' });
    const state = initialState(variables, 1);
    expect(state.b.data).toEqual(state.a.data);
    expect(state.b.data).not.toBe(state.a.data);
  });

  it('names a copy of nothing and a copy of itself', () => {
    const lost = declared([]);
    buffer(rootScope(lost, 'training'), 'b', [2], { kind: 'copy', of: 'gone' });
    expect(() => initialState(lost, 1)).toThrow('"b" copies "gone", which is not declared');
    const circle = declared([]);
    buffer(rootScope(circle, 'training'), 'x', [2], { kind: 'copy', of: 'y' });
    buffer(rootScope(circle, 'training'), 'y', [2], { kind: 'copy', of: 'x' });
    expect(() => initialState(circle, 1)).toThrow('copies itself');
  });

  it('draws unit rows', () => {
    const variables = createVariables();
    buffer(rootScope(variables, 'training'), 'queue', [5, 8], { kind: 'unitRows' });
    const { data } = initialState(variables, 1).queue;
    for (let row = 0; row < 5; row++)
      expect(Math.hypot(...data.slice(8 * row, 8 * row + 8))).toBeCloseTo(1, 6);
  });

  it('keeps the dtype', () => {
    const variables = createVariables();
    buffer(rootScope(variables, 'training'), 'pointer', [1], { kind: 'constant', value: 7 }, 'int32');
    expect(initialState(variables, 1).pointer).toEqual({
      dtype: 'int32',
      shape: [1],
      data: Int32Array.of(7),
    });
  });

  it("starts convolutions with He's fan-out deviation, norms with 1 and 0", () => {
    const variables = createVariables();
    resnet({ name: 'resnet18', width: 0.5, stem: 'standard' }).build(
      rootScope(variables, 'training'),
      feed('images', [2, 3, 64, 64]),
    );
    const state = initialState(variables, 1);
    expect(deviation(state['layer4.1.conv2.weight'].data)).toBeCloseTo(Math.sqrt(2 / (256 * 9)), 3);
    expect(deviation(state['layer3.0.downsample.0.weight'].data)).toBeCloseTo(Math.sqrt(2 / 128), 2);
    expect(new Set(state['bn1.weight'].data)).toEqual(new Set([1]));
    expect(new Set(state['bn1.running_var'].data)).toEqual(new Set([1]));
    expect(new Set(state['bn1.bias'].data)).toEqual(new Set([0]));
    expect(new Set(state['bn1.running_mean'].data)).toEqual(new Set([0]));
  });

  it("starts linear layers within PyTorch's bound", () => {
    const variables = createVariables();
    linear(rootScope(variables, 'training').child('fc'), feed('x', [2, 100]), { out: 200 });
    const state = initialState(variables, 1);
    for (const name of ['fc.weight', 'fc.bias']) {
      const size = Math.max(...state[name].data.map(Math.abs));
      expect(size).toBeLessThanOrEqual(0.1);
      expect(size).toBeGreaterThan(0.097);
    }
  });
});

function declared(names: readonly string[]): Variables {
  const variables = createVariables();
  for (const name of names) rootScope(variables, 'training').parameter(name, [10], normal);
  return variables;
}

function deviation(data: ArrayLike<number>): number {
  const values = Array.from(data);
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
