import { describe, expect, it } from 'vitest';
import { inPlaceUpdates } from '../../../main/engine/lower/inPlaceUpdates.ts';
import * as ops from '../../../main/engine/graph/ops.ts';
import type { Node } from '../../../main/engine/graph/node.ts';

const gradient = ops.feed('g', [2, 2]);

function over(outputs: Readonly<Record<string, Node>>, updates: Readonly<Record<string, Node>>): string[] {
  return [...inPlaceUpdates({ outputs, updates })];
}

describe('inPlaceUpdates', () => {
  it('takes momentum, which only its own update reads, and not the weights, which the loss reads', () => {
    const [w, m] = [ops.state('w', [2, 2]), ops.state('m', [2, 2])];
    const momentum = ops.add(ops.multiply(m, 0.9), gradient);
    const loss = ops.reduceSum(ops.matmul(w, gradient));
    expect(over({ loss }, { m: momentum, w: ops.subtract(w, ops.multiply(momentum, 0.1)) })).toEqual(['m']);
  });

  it('takes a state that several nodes read on the way to its update', () => {
    const m = ops.state('m', [2, 2]);
    const halves = [ops.multiply(m, 0.5), ops.multiply(m, gradient)] as const;
    expect(over({}, { m: ops.add(...halves) })).toEqual(['m']);
  });

  it('leaves a state that its update reads itself, or whose memory a reader may hand on', () => {
    const [a, b] = [ops.state('a', [2, 2]), ops.state('b', [2, 2])];
    const turned = ops.transpose(ops.reshape(b, [2, 2]), [1, 0]);
    expect(over({}, { a: ops.add(a, gradient), b: ops.add(turned, gradient) })).toEqual([]);
  });

  it('leaves a state of which something else is told, or another update made', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => ops.state(name, [2, 2]));
    const doubled = ops.multiply(b, 2);
    const updates = {
      a: ops.add(ops.multiply(a, 2), gradient),
      b: ops.add(doubled, gradient),
      c: ops.multiply(ops.negate(c), ops.exp(doubled)),
    };
    expect(over({ told: ops.reduceSum(ops.exp(a)) }, updates)).toEqual(['c']);
  });

  it('leaves a state that becomes another one unchanged', () => {
    const [a, b] = [ops.state('a', [1]), ops.state('b', [1])];
    expect(over({}, { a: b, b: ops.add(ops.negate(b), 1), c: ops.negate(a) })).toEqual([]);
  });
});
