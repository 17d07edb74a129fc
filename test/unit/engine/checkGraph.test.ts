import { describe, expect, it } from 'vitest';
import { checkGraph } from '../../../main/engine/graph/checkGraph.ts';
import * as ops from '../../../main/engine/graph/ops.ts';
import type { Graph } from '../../../main/engine/graph/graph.ts';
import type { Node } from '../../../main/engine/graph/node.ts';

const x = ops.feed('x', ['N', 3]);
const w = ops.state('w', [3]);

function outputs(...nodes: readonly Node[]): Graph {
  return { outputs: Object.fromEntries(nodes.map((node, i) => [`y${i}`, node])), updates: {} };
}

describe('checkGraph', () => {
  it('accepts a legal graph, also one that names a leaf twice alike', () => {
    const again = ops.state('w', [3]);
    expect(() => {
      checkGraph({ outputs: { y: ops.multiply(ops.add(x, w), again) }, updates: { w: ops.negate(w) } });
    }).not.toThrow();
  });

  it('accepts a state that is only written', () => {
    expect(() => checkGraph({ outputs: {}, updates: { last: ops.reduceSum(w) } })).not.toThrow();
  });

  const sum = ops.add(x, w);
  const illegal: readonly (readonly [what: string, graph: Graph, message: string])[] = [
    ['a shape that its rule does not give', outputs({ ...sum, shape: ['N', 4] }), 'add should be float32 [N, 3], is float32 [N, 4]'],
    ['a dtype that its rule does not give', outputs({ ...sum, dtype: 'int32' }), 'add should be float32 [N, 3], is int32 [N, 3]'],
    ['operands that do not fit', outputs({ ...sum, inputs: [x, ops.feed('z', [4])] }), 'do not broadcast'],
    ['too few operands', outputs({ ...sum, inputs: [x] }), 'takes 2 operands, got 1'],
    ['an illegal node deep inside', outputs(ops.exp(ops.negate({ ...sum, shape: ['N'] }))), 'add should be'],
    ['a constant with too few values', outputs({ ...ops.scalar(1), shape: [2], attributes: { value: { dtype: 'float32', shape: [2], data: Float32Array.of(1) } } }), '1 values for [2]'],
    ['one name for states of two shapes', outputs(w, ops.state('w', [4])), '"w" names both state float32 [3] and state float32 [4]'],
    ['one name for feeds of two dtypes', outputs(x, ops.feed('x', ['N', 3], 'uint8')), '"x" names both feed float32 [N, 3] and feed uint8 [N, 3]'],
    ['one name for a feed and a state', outputs(w, ops.feed('w', [3])), '"w" names both state float32 [3] and feed float32 [3]'],
    ['an update of another shape', { outputs: {}, updates: { w: ops.reduceSum(w, [0], true) } }, 'update of "w" is reduceSum float32 [1], its state state float32 [3]'],
    ['an update of another dtype', { outputs: {}, updates: { w: ops.cast(w, 'int32') } }, 'update of "w" is cast int32 [3], its state state float32 [3]'],
    ['an update of a feed\'s name', { outputs: { x }, updates: { x: ops.negate(w) } }, '"x" names both a feed and an updated state'],
    ['a state of a named size', outputs({ ...w, shape: ['N'] }), 'state float32 [N]: a state\'s size is known'],
    ['a written state of a named size', { outputs: {}, updates: { last: ops.negate(x) } }, 'negate float32 [N, 3]: a state\'s size is known'],
  ]; // prettier-ignore
  it.each(illegal)('refuses %s', (_, graph, message) => {
    expect(() => checkGraph(graph)).toThrow(message);
  });
});
