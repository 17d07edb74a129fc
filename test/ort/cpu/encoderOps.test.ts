import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockSize } from '../../../main/engine/execute/ort/cpuLowering.ts';
import { ortExecutor } from '../../../main/engine/execute/ort/ortExecutor.ts';
import { graphFeeds, type Graph } from '../../../main/engine/graph/graph.ts';
import { lowerCpu } from '../../../main/engine/lower/cpu/lowerCpu.ts';
import { lowerPortable } from '../../../main/engine/lower/portable/lowerPortable.ts';
import { randomTensor } from '../../helpers/tensors.ts';
import { encoderOps } from './encoderShapes.ts';
import type { Lowering } from '../../../main/engine/lower/lowering.ts';
import type { Tensors } from '../../../main/engine/execute/executor.ts';

const cases = encoderOps(['resnet18', 'resnet34', 'resnet50'], [32, 64, 96], { images: 4, width: 0.25 });
let expected: Tensors = {};
let actual: Tensors = {};

beforeAll(async () => {
  const graph: Graph = { outputs: Object.fromEntries(cases), updates: {} };
  const feeds = Object.fromEntries(
    [...graphFeeds(graph)].map(([name, { shape }], i) => {
      const value = randomTensor(shape.map(Number), i);
      return [name, { ...value, data: Float32Array.from(value.data) }];
    }),
  );
  const block = await blockSize();
  expected = await run(graph, feeds, lowerPortable);
  actual = await run(graph, feeds, (given) => lowerCpu(given, block));
}, 120_000);

afterAll(() => ([expected, actual] = [{}, {}]));

async function run(graph: Graph, feeds: Tensors, lowering: Lowering): Promise<Tensors> {
  const options = { device: 'cpu', threads: 2, spinning: false, lowering } as const;
  const program = await ortExecutor(options).compile(graph, {});
  const outputs = await program.step(feeds);
  await program.dispose();
  return outputs;
}

describe('what encoders do to images, in the blocked layout', () => {
  it.each([...cases.keys()])('%s is as in the plain one', (title) => {
    const [a, b] = [actual[title].data, expected[title].data];
    let [largest, scale] = [0, 1e-20];
    b.forEach((value, i) => {
      largest = Math.max(largest, Math.abs(a[i] - value) || (Number.isNaN(a[i]) ? Infinity : 0));
      scale = Math.max(scale, Math.abs(value));
    });
    expect(a.length).toBe(b.length);
    expect(largest / scale).toBeLessThan(1e-5);
  });
});
