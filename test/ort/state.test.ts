import { describe, expect, it } from 'vitest';
import { referenceExecutor } from '../../main/engine/execute/reference/referenceExecutor.ts';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import * as ops from '../../main/engine/graph/ops.ts';
import { tensor } from '../helpers/tensors.ts';
import { tellStateStory } from './stateStory.ts';
import { trainTinyNetwork } from './tinyNetwork.ts';

const executor = ortExecutor({ device: 'cpu', threads: 1, spinning: false });

describe('the state of a program on ONNX Runtime', () => {
  it('is stepped, read, loaded and kept through errors', async () => {
    const story = Object.fromEntries(
      (await tellStateStory(executor)).map((line) => [line.what, line.values]),
    );
    const unchanging = { factor: [10], pixels: [1, 2] };
    expect(story['at first']).toEqual({
      ...unchanging,
      ...{ a: [1], b: [2], written: [0], queue: [7, 8, 9], count: [0] },
    });
    expect(story['step 1']).toEqual({ product: [30], sum: [3] });
    expect(story['step 2']).toEqual({ product: [60], sum: [5] });
    const afterTwo = { a: [3], b: [5], written: [30], queue: [9, 1, 2], count: [2] };
    expect(story['after 2']).toEqual(afterTwo);
    expect(story['after errors']).toEqual({ ...unchanging, ...afterTwo });
    expect(story['after load']).toEqual({ a: [100], b: [5], factor: [2] });
    expect(story['step 3']).toEqual({ product: [600], sum: [105] });
    expect(story['after 3']).toEqual({
      ...{ a: [5], b: [105], written: [10], queue: [1, 2, 3], count: [3], factor: [2], pixels: [1, 2] },
    });
  });

  it('tells what is wrong with a call', async () => {
    const story = Object.fromEntries(
      (await tellStateStory(executor)).map((line) => [line.what, line.values]),
    );
    expect(story).toMatchObject({
      'no feed': 'feed "next" is missing',
      'unknown feed': 'unknown feed "other"',
      'feed of another shape': 'feed "next" is [2], should be [1]',
      'feed of another dtype': 'feed "next" is float32 [1], should be int32 [1]',
      'feed of too few values': 'feed "next" has 0 values, [1] needs 1',
      'unknown state': 'unknown state "other"',
      'state of another shape': 'state "b" is float32 [2], should be float32 [1]',
      'unknown state to read': 'unknown state "other"',
      disposed: 'the program was disposed',
      missing: 'state "b" is missing',
      misshapen: 'state "b" is float32 [2], should be float32 [1]',
    });
  });

  it('is told by the reference executor in the same words', async () => {
    expect(await tellStateStory(executor)).toEqual(await tellStateStory(referenceExecutor));
  });

  it('is copied in and out', async () => {
    const w = ops.state('w', [2]);
    const given = { dtype: 'float32' as const, shape: [2], data: Float32Array.of(1, 2) };
    const program = await executor.compile({ outputs: { y: ops.negate(w) }, updates: {} }, { w: given });
    given.data[0] = 50;
    const read = await program.read();
    read.w.data[1] = 60;
    const { y } = await program.step({});
    expect([...y.data]).toEqual([-1, -2]);
    await program.dispose();
  });

  it('keeps every output of an earlier step', async () => {
    const w = ops.state('w', [1]);
    const graph = { outputs: { w }, updates: { w: ops.add(w, 1) } };
    const program = await executor.compile(graph, { w: tensor([1], [0]) });
    // Calls that overlap are done in order.
    const results = await Promise.all([program.step({}), program.step({}), program.step({})]);
    expect(results.map(({ w: value }) => value.data[0])).toEqual([0, 1, 2]);
    await program.dispose();
  });

  it('trains a tiny network as the reference does', async () => {
    const [actual, expected] = [
      await trainTinyNetwork(executor, 5),
      await trainTinyNetwork(referenceExecutor, 5),
    ];
    actual.forEach((loss, i) => expect(loss).toBeCloseTo(expected[i], 4));
    expect(actual[4]).toBeLessThan(actual[0]);
  });

  it('keeps the sizes of named dimensions apart between steps', async () => {
    const x = ops.feed('x', ['N', 2]);
    const y = ops.feed('y', ['N', 1]);
    const program = await executor.compile({ outputs: { z: ops.add(x, y) }, updates: {} }, {});
    const { z } = await program.step({ x: tensor([3, 2], [1, 2, 3, 4, 5, 6]), y: tensor([3, 1], [1, 2, 3]) });
    expect([z.shape, [...z.data]]).toEqual([[3, 2], [2, 3, 5, 6, 8, 9]]); // prettier-ignore
    await expect(program.step({ x: tensor([1, 2], [1, 2]), y: tensor([2, 1], [1, 2]) })).rejects.toThrow(
      'feed "y" is [2, 1], should be [N=1, 1]',
    );
    await program.dispose();
  });
});
