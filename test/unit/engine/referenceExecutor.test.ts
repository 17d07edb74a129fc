import { describe, expect, it } from 'vitest';
import {
  createReferenceExecutor,
  referenceExecutor,
} from '../../../main/engine/execute/reference/referenceExecutor.ts';
import * as ops from '../../../main/engine/graph/ops.ts';
import { integers, tensor } from '../../helpers/tensors.ts';
import { valuesOf } from '../../helpers/valuesOf.ts';
import type { Program } from '../../../main/engine/execute/executor.ts';
import type { Graph } from '../../../main/engine/graph/graph.ts';

/** w ← w + x, the sum of the old w as output; `last` is only written. */
function accumulator(): Graph {
  const x = ops.feed('x', [2]);
  const w = ops.state('w', [2]);
  return { outputs: { sum: ops.reduceSum(w) }, updates: { w: ops.add(w, x), last: x } };
}

const x = tensor([2], [10, 20]);
const start = { w: tensor([2], [1, 2]) };

async function stateOf(program: Program): Promise<Readonly<Record<string, readonly number[]>>> {
  return valuesOf(await program.read());
}

describe('the reference executor', () => {
  it('returns outputs and replaces state', async () => {
    const program = await referenceExecutor.compile(accumulator(), start);
    expect(await stateOf(program)).toEqual({ w: [1, 2], last: [0, 0] });
    expect((await program.step({ x })).sum).toEqual({
      dtype: 'float32',
      shape: [],
      data: Float64Array.of(3),
    });
    expect([...(await program.step({ x })).sum.data]).toEqual([33]);
    expect(await stateOf(program)).toEqual({ w: [21, 42], last: [10, 20] });
  });

  it('computes all updates from the state before the step', async () => {
    const [a, b] = [ops.state('a', []), ops.state('b', [])];
    const program = await referenceExecutor.compile(
      { outputs: {}, updates: { a: b, b: a } },
      { a: tensor([], [1]), b: tensor([], [2]) },
    );
    await program.step({});
    expect(await stateOf(program)).toEqual({ a: [2], b: [1] });
  });

  it('keeps its own copies: neither callers nor it write into the other', async () => {
    const given = { w: tensor([2], [1, 2]) };
    const program = await referenceExecutor.compile(accumulator(), given);
    given.w.data[0] = 99;
    const read = await program.read(['w']);
    read.w.data[1] = 99;
    expect(await stateOf(program)).toMatchObject({ w: [1, 2] });
    const feeds = { x: tensor([2], [10, 20]) };
    await program.step(feeds);
    feeds.x.data[0] = 99;
    expect(await stateOf(program)).toEqual({ w: [11, 22], last: [10, 20] });
  });

  it('loads what is named and leaves the rest', async () => {
    const program = await referenceExecutor.compile(accumulator(), start);
    await program.step({ x });
    await program.load({ w: tensor([2], [5, 6]) });
    expect(await stateOf(program)).toEqual({ w: [5, 6], last: [10, 20] });
    expect(Object.keys(await program.read(['last']))).toEqual(['last']);
  });

  it('ignores tensors that the graph does not know at compile', async () => {
    const program = await referenceExecutor.compile(accumulator(), { ...start, other: x });
    expect(Object.keys(await program.read())).toEqual(['w', 'last']);
  });

  it('rounds every node to float32 where that is asked for', async () => {
    const value = ops.feed('x', []);
    // 2⁻²⁵ is lost beside 1 in float32, not in float64.
    const graph = { outputs: { y: ops.subtract(ops.add(value, 2 ** -25), value) }, updates: {} };
    const at = async (executor: typeof referenceExecutor): Promise<unknown> =>
      (await (await executor.compile(graph, {})).step({ x: tensor([], [1]) })).y.data;
    expect(await at(referenceExecutor)).toEqual(Float64Array.of(2 ** -25));
    expect(await at(createReferenceExecutor({ precision: 'float32' }))).toEqual(Float32Array.of(0));
  });

  it('keeps integers integers', async () => {
    const labels = ops.feed('labels', ['N'], 'int32');
    const program = await referenceExecutor.compile({ outputs: { labels }, updates: {} }, {});
    const { labels: result } = await program.step({ labels: integers([3, -1]) });
    expect(result).toEqual({ dtype: 'int32', shape: [2], data: Int32Array.of(3, -1) });
  });
});

describe('named dimensions', () => {
  const image = ops.feed('image', ['N', 'H']);
  const labels = ops.feed('labels', ['N'], 'int32');
  const centered = ops.subtract(ops.broadcastTo(ops.iota(image, 1), ['N', 'H']), image);
  const graph = { outputs: { y: ops.reduceSum(centered, [0]), labels }, updates: {} };

  it('are resolved from the feeds of each step', async () => {
    const program = await referenceExecutor.compile(graph, {});
    const run = async (rows: number, columns: number): Promise<number[]> => {
      const zeros = new Array<number>(rows * columns).fill(0);
      const { y } = await program.step({
        image: tensor([rows, columns], zeros),
        labels: integers(new Array<number>(rows).fill(0)),
      });
      return [...y.data];
    };
    expect(await run(2, 3)).toEqual([0, 2, 4]);
    expect(await run(3, 2)).toEqual([0, 3]);
  });

  it('have one size in all feeds', async () => {
    const program = await referenceExecutor.compile(graph, {});
    await expect(
      program.step({ image: tensor([2, 1], [0, 0]), labels: integers([1, 2, 3]) }),
    ).rejects.toThrow('feed "labels" is [3], should be [N=2]');
  });

  it('that no feed has are refused', async () => {
    const broadcast = ops.broadcastTo(ops.state('w', []), ['N']);
    await expect(
      referenceExecutor.compile({ outputs: { broadcast }, updates: {} }, { w: tensor([], [1]) }),
    ).rejects.toThrow('[N]: no feed tells the size of N');
  });
});

describe('what does not fit', () => {
  const wrongState = [
    ['missing', {}, 'state "w" is missing'],
    ['of another shape', { w: tensor([3], [1, 2, 3]) }, 'state "w" is float32 [3], should be float32 [2]'],
    ['of another dtype', { w: integers([1, 2]) }, 'state "w" is int32 [2], should be float32 [2]'],
    ['with too few values', { w: tensor([2], [1]) }, 'state "w" has 1 values, [2] needs 2'],
  ] as const;
  it.each(wrongState)('a state %s is refused by compile', async (_, state, message) => {
    await expect(referenceExecutor.compile(accumulator(), state)).rejects.toThrow(message);
  });

  it('an illegal graph is refused by compile', async () => {
    const graph = { outputs: {}, updates: { w: ops.reduceSum(ops.state('w', [2])) } };
    await expect(referenceExecutor.compile(graph, start)).rejects.toThrow('update of "w"');
  });

  const wrongFeeds = [
    ['missing', {}, 'feed "x" is missing'],
    ['unknown', { x, z: x }, 'unknown feed "z"'],
    ['of another rank', { x: tensor([1, 2], [1, 2]) }, 'feed "x" is [1, 2], should be [2]'],
    ['of another size', { x: tensor([3], [1, 2, 3]) }, 'feed "x" is [3], should be [2]'],
    ['of another dtype', { x: integers([1, 2]) }, 'feed "x" is int32 [2], should be float32 [2]'],
    ['with too many values', { x: tensor([2], [1, 2, 3]) }, 'feed "x" has 3 values, [2] needs 2'],
  ] as const;
  it.each(wrongFeeds)('a feed %s is refused and the state stays', async (_, feeds, message) => {
    const program = await referenceExecutor.compile(accumulator(), start);
    await expect(program.step(feeds)).rejects.toThrow(message);
    expect(await stateOf(program)).toEqual({ w: [1, 2], last: [0, 0] });
  });

  it('an error within a step leaves the state as before', async () => {
    const [table, rows] = [ops.state('table', [2, 1]), ops.feed('rows', [1], 'int32')];
    const graph = {
      outputs: { picked: ops.gatherRows(table, rows) },
      updates: { table: ops.negate(table) },
    };
    const program = await referenceExecutor.compile(graph, { table: tensor([2, 1], [1, 2]) });
    await expect(program.step({ rows: integers([2]) })).rejects.toThrow('row index 2');
    expect(await stateOf(program)).toEqual({ table: [1, 2] });
  });

  it('a load with one wrong tensor loads none', async () => {
    const program = await referenceExecutor.compile(accumulator(), start);
    const good = tensor([2], [7, 8]);
    await expect(program.load({ w: good, nothing: good })).rejects.toThrow('unknown state "nothing"');
    await expect(program.load({ w: good, last: tensor([1], [7]) })).rejects.toThrow('state "last" is');
    expect(await stateOf(program)).toEqual({ w: [1, 2], last: [0, 0] });
  });

  it('an unknown name is refused by read, everything after dispose', async () => {
    const program = await referenceExecutor.compile(accumulator(), start);
    await expect(program.read(['v'])).rejects.toThrow('unknown state "v"');
    await program.dispose();
    await expect(program.step({ x })).rejects.toThrow('disposed');
    await expect(program.read()).rejects.toThrow('disposed');
    await expect(program.load(start)).rejects.toThrow('disposed');
  });
});
