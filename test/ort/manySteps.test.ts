import { describe, expect, it } from 'vitest';
import { promptly } from '../../main/engine/execute/compileSteps.ts';
import { compileLoop, ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { createRingProgram, type RingOptions } from '../../main/engine/execute/ort/ringProgram.ts';
import { storyOfManySteps, trainManySteps, type CompileSteps } from './manySteps.ts';
import { tinyNetworkFeeds, tinyNetworkState, tinyTrainingGraph } from './tinyNetwork.ts';

const options = { device: 'cpu', threads: 1, spinning: false } as const;
const executor = ortExecutor(options);
const singly: CompileSteps = async (graph, state) => promptly(await executor.compile(graph, state));

function inRing(ring: RingOptions): CompileSteps {
  return (graph, state) => createRingProgram(executor.compile.bind(executor), graph, state, ring);
}

function inLoop(length: number): CompileSteps {
  return (graph, state) => compileLoop(graph, state, options, length);
}

const ways: readonly (readonly [string, CompileSteps])[] = [
  ['outputs kept in a ring of four', inRing({ length: 4, now: () => 0 })],
  ['outputs kept in a ring of one', inRing({ length: 1 })],
  ['a loop of four', inLoop(4)],
  ['a loop of one', inLoop(1)],
];

describe.each(ways)('many steps by %s', (_, compile) => {
  it('give bit for bit what single steps give, and every loss in its order', async () => {
    const expected = await trainManySteps(singly);
    expect(new Set(expected.outputs.map(({ loss }) => loss[0])).size).toBe(7);
    expect(await trainManySteps(compile)).toEqual(expected);
  });

  it('keep states of every type, read or only written', async () => {
    expect(await storyOfManySteps(compile)).toEqual(await storyOfManySteps(singly));
  });

  it('refuse a feed of another shape, and go on', async () => {
    const program = await compile(tinyTrainingGraph(), tinyNetworkState());
    const { rate: _rate, ...lacking } = tinyNetworkFeeds(1);
    await expect(program.step(lacking)).rejects.toThrow('feed "rate" is missing');
    const known = await program.step(tinyNetworkFeeds(1));
    expect([...known, ...(await program.flush())]).toHaveLength(1);
    await program.dispose();
    await expect(program.step(tinyNetworkFeeds(1))).rejects.toThrow('the program was disposed');
  });
});

describe('a ring of outputs', () => {
  it('is read when it is full, or when the device is behind by too much', async () => {
    let time = 0;
    const compile = inRing({ length: 4, milliseconds: 100, now: () => time });
    const program = await compile(tinyTrainingGraph(), tinyNetworkState());
    const stepsOf = async (milliseconds: number, count: number): Promise<number[]> => {
      const known: number[] = [];
      for (let step = 0; step < count; step++) {
        time += milliseconds;
        known.push((await program.step(tinyNetworkFeeds(1))).length);
      }
      return known;
    };
    // The first one tells how long a step takes.
    expect(await stepsOf(0, 6)).toEqual([1, 0, 0, 0, 4, 0]);
    expect(await stepsOf(34, 6)).toEqual([0, 0, 4, 0, 0, 3]);
    expect(await stepsOf(1000, 2)).toEqual([1, 1]);
    expect(await stepsOf(0, 1)).toEqual([0]);
    expect(await program.flush()).toHaveLength(1);
    expect(await program.flush()).toEqual([]);
    await program.dispose();
  });

  it('keeps good values beside one that is no number', async () => {
    const program = await inRing({ length: 4 })(tinyTrainingGraph(), tinyNetworkState());
    const wild = { dtype: 'float32', shape: [], data: Float32Array.of(NaN) } as const;
    // The first one's outputs come at once.
    await program.step(tinyNetworkFeeds(1));
    await program.step({ ...tinyNetworkFeeds(1), rate: wild });
    await program.step(tinyNetworkFeeds(1));
    const finite = (await program.flush()).map(({ loss }) => Number.isFinite(loss.data[0]));
    expect(finite).toEqual([true, false]);
    await program.dispose();
  });
});
