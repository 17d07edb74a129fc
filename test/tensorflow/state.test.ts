import { describe, expect, it } from 'vitest';
import { referenceExecutor } from '../../main/engine/execute/reference/referenceExecutor.ts';
import { graphStates } from '../../main/engine/graph/graph.ts';
import * as ops from '../../main/engine/graph/ops.ts';
import { staticShape } from '../../main/engine/graph/shape.ts';
import { integers, randomTensor, tensor } from '../helpers/tensors.ts';
import { tellStateStory } from '../ort/stateStory.ts';
import { tinyTrainingGraph, trainTinyNetwork } from '../ort/tinyNetwork.ts';
import { plainTensorFlow, tf } from './plainTensorFlow.ts';
import type { Tensors } from '../../main/engine/execute/executor.ts';
import type { Node } from '../../main/engine/graph/node.ts';

describe('the state of a program on TensorFlow.js', () => {
  it('is told by the reference executor in the same words', async () => {
    expect(await tellStateStory(plainTensorFlow)).toEqual(await tellStateStory(referenceExecutor));
  });

  it('is copied in and out, what only passes through a step too', async () => {
    const w = ops.state('w', [2]);
    const x = ops.feed('x', [2]);
    const given = { dtype: 'float32' as const, shape: [2], data: Float32Array.of(1, 2) };
    const program = await plainTensorFlow.compile({ outputs: { w, x }, updates: {} }, { w: given });
    given.data[0] = 50;
    const fed = { dtype: 'float32' as const, shape: [2], data: Float32Array.of(3, 4) };
    for (const out of [await program.read(), await program.step({ x: fed })]) out.w.data[1] = 60;
    const { w: state, x: passed } = await program.step({ x: fed });
    passed.data[0] = 70;
    expect([[...state.data], [...fed.data]]).toEqual([[1, 2], [3, 4]]); // prettier-ignore
    await program.dispose();
  });

  it('does the steps of overlapping calls in order', async () => {
    const w = ops.state('w', [1]);
    const graph = { outputs: { w }, updates: { w: ops.add(w, 1) } };
    const program = await plainTensorFlow.compile(graph, { w: tensor([1], [0]) });
    const results = await Promise.all([program.step({}), program.step({}), program.step({})]);
    expect(results.map(({ w: value }) => value.data[0])).toEqual([0, 1, 2]);
    await program.dispose();
  });

  it('trains a tiny network as the reference does', async () => {
    const [actual, expected] = [
      await trainTinyNetwork(plainTensorFlow, 3),
      await trainTinyNetwork(referenceExecutor, 3),
    ];
    actual.forEach((loss, i) => expect(loss).toBeCloseTo(expected[i], 4));
    expect(actual[2]).toBeLessThan(actual[0]);
  });
});

describe("TensorFlow.js's memory", () => {
  const feeds = {
    image: { dtype: 'uint8' as const, shape: [6, 3, 10, 10], data: new Uint8Array(1800).fill(9) },
    label: integers([0, 1, 2, 3, 1, 0]),
    rate: tensor([], [0.1]),
  };

  it('holds no more after many steps than after one, and nothing after the end', async () => {
    const before = tf.memory();
    const program = await plainTensorFlow.compile(tinyTrainingGraph(), firstState());
    const compiled = tf.memory();
    expect(compiled.numTensors).toBeGreaterThan(before.numTensors);
    for (let step = 0; step < 4; step++) {
      await program.step(feeds);
      await program.read();
      await program.load({ running: randomTensor([6], step) });
      const { numTensors, numDataBuffers, numBytes } = tf.memory();
      expect({ numTensors, numDataBuffers, numBytes }).toEqual({
        numTensors: compiled.numTensors,
        numDataBuffers: compiled.numDataBuffers,
        numBytes: compiled.numBytes,
      });
    }
    await program.dispose();
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });

  it('keeps nothing of a step or a compilation that failed', async () => {
    const rows = ops.feed('rows', [2], 'int32');
    const table = ops.state('table', [3, 2]);
    const graph = { outputs: { y: ops.gatherRows(ops.add(table, 1), rows) }, updates: {} };
    const before = tf.memory().numTensors;
    const program = await plainTensorFlow.compile(graph, { table: randomTensor([3, 2], 1) });
    const compiled = tf.memory().numTensors;
    await expect(program.step({ rows: integers([0, 7]) })).rejects.toThrow(/^gatherRows\(/);
    expect(tf.memory().numTensors).toBe(compiled);
    await program.dispose();
    await expect(plainTensorFlow.compile(graph, {})).rejects.toThrow('state "table" is missing');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('frees each value after its last use, not only at the end of the step', async () => {
    const x = ops.feed('x', [1000]);
    let last: Node = x;
    for (let i = 0; i < 50; i++) last = ops.tanh(last);
    const program = await plainTensorFlow.compile({ outputs: { last }, updates: {} }, {});
    const { peakBytes } = await tf.profile(async () => {
      await program.step({ x: randomTensor([1000], 1) });
      return [];
    });
    expect(peakBytes - tf.memory().numBytes).toBeLessThan(5 * 4000);
    await program.dispose();
  });
});

function firstState(): Tensors {
  const states = [...graphStates(tinyTrainingGraph())];
  return Object.fromEntries(
    states.map(([name, { shape }], i) => [name, randomTensor(staticShape(shape), i, 0.1, 0.5)]),
  );
}
