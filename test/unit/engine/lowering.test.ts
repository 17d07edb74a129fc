import { describe, expect, it } from 'vitest';
import { gradients } from '../../../main/engine/gradient/gradients.ts';
import { batchStatistics } from '../../../main/engine/graph/batchStatistics.ts';
import * as ops from '../../../main/engine/graph/ops.ts';
import { createEmitter } from '../../../main/engine/lower/onnx/emitter.ts';
import { decodeModel } from '../../../main/engine/lower/onnx/schema.ts';
import { lowerPortable } from '../../../main/engine/lower/portable/lowerPortable.ts';
import type { Graph } from '../../../main/engine/graph/graph.ts';

describe('the ONNX emitter', () => {
  it('adds equal nodes once, and nodes of other inputs or attributes again', () => {
    const onnx = createEmitter();
    const sum = onnx.emit('Add', ['a', 'b']);
    expect(onnx.emit('Add', ['a', 'b'])).toBe(sum);
    expect(onnx.emit('Add', ['b', 'a'])).not.toBe(sum);
    const first = onnx.emit('Concat', ['a', 'b'], { axis: { int: 1 } });
    expect(onnx.emit('Concat', ['a', 'b'], { axis: { int: 0 } })).not.toBe(first);
    expect(onnx.emit('Concat', ['a', 'b'], { axis: { float: 1 } })).not.toBe(first);
  });

  it('stores equal constants once, but not those that differ in type or shape', () => {
    const onnx = createEmitter();
    const one = onnx.float(1);
    expect(onnx.float(1)).toBe(one);
    const data = Float32Array.of(1);
    expect(onnx.constant({ type: 'float32', shape: [1], data })).not.toBe(one);
    expect(onnx.constant({ type: 'int32', shape: [], data: new Int32Array(data.buffer) })).not.toBe(one);
  });

  it('lets what makes a value write the result, and copies it where two results or an input are the same', () => {
    const onnx = createEmitter(new Set(['a', 'x', 'y', 'z']));
    const [sum, twice] = [onnx.emit('Add', ['a', 'a']), onnx.emit('Neg', ['a'])];
    onnx.emit('Exp', [sum]);
    onnx.nameResult(sum, 'x');
    onnx.nameResult(sum, 'y');
    onnx.nameResult('a', 'z');
    const nodes = decodeModel(onnx.encode([], [])).graph.node;
    expect(nodes.map(({ opType, input, output }) => [opType, ...input, ...output])).toEqual([
      ['Add', 'a', 'a', 'x'],
      ['Neg', 'a', twice],
      ['Exp', 'x', expect.stringContaining('Exp')],
      ['Identity', 'x', 'y'],
      ['Identity', 'a', 'z'],
    ]);
  });

  it('takes no name that an input or output has', () => {
    const onnx = createEmitter(new Set(['Add_0', 'Add_1']));
    const names = [onnx.emit('Add', ['a', 'b']), onnx.emit('Add', ['a', 'c']), onnx.emit('Add', ['a', 'd'])];
    expect(new Set([...names, 'Add_0', 'Add_1']).size).toBe(5);
  });
});

describe('the portable lowering', () => {
  const x = ops.feed('x', [4, 3, 5, 5]);
  const [scale, shift] = [ops.state('scale', [3]), ops.state('shift', [3])];
  const y = ops.batchNorm(x, scale, shift);

  it('computes the statistics of a batch once for forward, backward and running averages', () => {
    const forward: Graph = { outputs: { y }, updates: {} };
    const { mean, variance } = batchStatistics(x, 1e-5);
    const both: Graph = { outputs: { y, mean, variance }, updates: {} };
    expect(countNodes(forward, 'ReduceSum')).toBe(2);
    expect(countNodes(both, 'ReduceSum')).toBe(2);
    const [slope] = gradients(ops.reduceSum(ops.multiply(y, x)), [scale]);
    // The gradient adds its own two sums, of g and of g·x, and that of the loss is not computed.
    expect(countNodes({ outputs: { y, slope }, updates: {} }, 'ReduceSum')).toBe(4);
  });

  it('is the same, byte for byte, for a graph that is built twice', () => {
    const build = (): Graph => ({
      outputs: { y: ops.exp(ops.add(ops.feed('x', ['N', 2]), 1)) },
      updates: {},
    });
    expect(lowerPortable(build()).model).toEqual(lowerPortable(build()).model);
  });

  it('keeps the names of feeds and outputs, and tells those of states', () => {
    const graph: Graph = { outputs: { y }, updates: { scale: ops.multiply(scale, 2) } };
    const { feeds, states, outputs, updates } = lowerPortable(graph);
    expect(feeds.get('x')).toEqual({ name: 'x', dtype: 'float32', shape: [4, 3, 5, 5] });
    expect([...states.keys()]).toEqual(['scale', 'shift']);
    expect(outputs.get('y')?.name).toBe('y');
    expect(updates.get('scale')?.name).not.toBe(states.get('scale')?.name);
  });

  it('refuses one name for a feed and an output', () => {
    expect(() => lowerPortable({ outputs: { x: ops.negate(x) }, updates: {} })).toThrow(
      '"x" names both a feed and an output',
    );
  });

  it('gives a number beside weights of 1×1 all axes, so that ONNX Runtime does not go through them one by one', () => {
    const [rate, weights, images] = [
      ops.feed('rate', []),
      ops.state('w', [6, 5, 1, 1]),
      ops.feed('x', [2, 3]),
    ];
    const outputs = { scaled: ops.multiply(weights, rate), plain: ops.multiply(images, rate) };
    const { node: nodes } = decodeModel(lowerPortable({ outputs, updates: {} }).model).graph;
    const [reshape, scaled, plain] = nodes.filter(({ opType }) => opType !== 'Identity');
    expect([reshape.opType, reshape.input[0]]).toEqual(['Reshape', 'rate']);
    expect(scaled.input).toEqual(['state:w', reshape.output[0]]);
    expect(plain.input).toEqual(['x', 'rate']);
  });

  it('stores a large constant of one number as one number', () => {
    const big = ops.add(ops.feed('x', [1]), ops.full(3, [1000, 1000]));
    expect(lowerPortable({ outputs: { big }, updates: {} }).model.length).toBeLessThan(1000);
  });
});

/** Nodes of one type, found by the names that they have in the model's bytes. */
function countNodes(graph: Graph, opType: string): number {
  const text = Buffer.from(lowerPortable(graph).model).toString('latin1');
  return new Set(text.match(new RegExp(`${opType}_[0-9]+`, 'g'))).size;
}
