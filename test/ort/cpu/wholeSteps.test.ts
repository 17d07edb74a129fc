import { describe, expect, it } from 'vitest';
import { blockSize } from '../../../main/engine/execute/ort/cpuLowering.ts';
import { ortExecutor } from '../../../main/engine/execute/ort/ortExecutor.ts';
import { graphFeeds, isOp, type Graph } from '../../../main/engine/graph/graph.ts';
import { square, subtract, tanh } from '../../../main/engine/graph/ops.ts';
import { lowerCpu } from '../../../main/engine/lower/cpu/lowerCpu.ts';
import { lowerPortable } from '../../../main/engine/lower/portable/lowerPortable.ts';
import { rewriteGraph, withInputs } from '../../../main/engine/passes/rewriteGraph.ts';
import { initialState } from '../../../main/nn/initialize.ts';
import { resnet } from '../../../main/nn/resnet.ts';
import { findMethod } from '../../../main/ssl/methods.ts';
import { smallImageSgd } from '../../../main/ssl/smallImageOptimizers.ts';
import { buildMethodTraining, type MethodTraining } from '../../helpers/methodStep.ts';
import { randomTensor } from '../../helpers/tensors.ts';
import { tinySettings } from '../../helpers/tinyTraining.ts';
import type { Program, Tensors } from '../../../main/engine/execute/executor.ts';
import type { Tensor } from '../../../main/engine/graph/node.ts';
import type { Lowering } from '../../../main/engine/lower/lowering.ts';

const patience = 120_000;
const methods = ['simclr', 'barlow-twins', 'moco-v2'] as const;
const block = await blockSize();
const blocked: Lowering = (graph) => lowerCpu(graph, block);

/** ResNet-18 at a quarter of its width (16 to 128 channels), 16 images a view, 16 px. */
function training(name: (typeof methods)[number]): MethodTraining {
  const method = findMethod(name);
  if (!method) throw new Error(`no method ${name}`);
  const { settings } = method.defaults('small');
  const encoder = resnet({ name: 'resnet18', width: 0.25, stem: 'small' });
  const request = { method, settings: { ...settings, ...tinySettings[name] }, encoder };
  // AdamW makes a step of full length out of a gradient that is nothing but rounding (a bias before a normalisation).
  return buildMethodTraining({ ...request, batchSize: 16, side: 16 }, smallImageSgd(0.06));
}

/**
 * The step of a network with tanh in place of each ReLU. A unit that sits at a ReLU's kink falls to either side by
 * the last bit of a sum, and takes its part of the gradient with it: with ReLUs two exact orders of summing differ by
 * 10⁻³, and neither is wrong.
 */
function smooth(graph: Graph): Graph {
  return rewriteGraph(graph, (node, inputs) => {
    if (isOp(node, 'relu')) return tanh(inputs[0]);
    // A ReLU's slope is told from its result, and so is that of tanh.
    return isOp(node, 'step') ? subtract(1, square(inputs[0])) : withInputs(node, inputs);
  });
}

function feedsOf(graph: Graph): Tensors {
  const feeds = [...graphFeeds(graph)].map(([name, { shape, dtype }], i): [string, Tensor] => {
    const sizes = shape.map(Number);
    if (dtype === 'int32')
      return [name, { dtype, shape: sizes, data: Int32Array.from({ length: 16 }, (_, n) => n) }];
    const values = name.startsWith('view') ? randomTensor(sizes, i).data : [0.01];
    return [name, { dtype, shape: sizes, data: Float32Array.from(values) }];
  });
  return Object.fromEntries(feeds);
}

function compile(graph: Graph, { variables }: MethodTraining, lowering: Lowering): Promise<Program> {
  const executor = ortExecutor({ device: 'cpu', threads: 2, spinning: false, lowering });
  return executor.compile(graph, initialState(variables, 1));
}

async function resultsOf(graph: Graph, step: MethodTraining, lowering: Lowering): Promise<Tensors> {
  const program = await compile(graph, step, lowering);
  const all = { ...(await program.step(feedsOf(graph))), ...(await program.read()) };
  await program.dispose();
  return all;
}

/** ‖a − b‖ / ‖b‖; what is nothing but rounding (a bias before a normalisation) counts as 10⁻³ long. */
function distance(a: Tensor, b: Tensor): number {
  let [differences, squares] = [0, 0];
  b.data.forEach((value, i) => {
    differences += (a.data[i] - value) ** 2;
    squares += value ** 2;
  });
  return Math.sqrt(differences) / Math.max(1e-3, Math.sqrt(squares));
}

describe.each(methods)('a whole step of %s in the blocked layout', { timeout: patience }, (name) => {
  const step = training(name);

  it('has the loss, the gradients and the new state of the portable one, on a network without kinks', async () => {
    const graph = smooth(step.graph);
    const expected = await resultsOf(graph, step, lowerPortable);
    const actual = await resultsOf(graph, step, blocked);
    expect(Object.keys(actual)).toEqual(Object.keys(expected));
    const errors = Object.keys(expected).map((output) => [
      output,
      distance(actual[output], expected[output]),
    ]);
    expect(errors.filter(([, error]) => !(Number(error) < 1e-4))).toEqual([]);
  });

  it('has its loss with ReLUs too, and goes on from its state bit for bit', async () => {
    const feeds = feedsOf(step.graph);
    const [portable, program] = [
      await compile(step.graph, step, lowerPortable),
      await compile(step.graph, step, blocked),
    ];
    const expected = await portable.step(feeds);
    const { loss } = await program.step(feeds);
    expect(loss.data[0]).toBeCloseTo(expected.loss.data[0], 4);
    const kept = await program.read();
    for (let i = 0; i < 2; i++) await program.step(feeds);
    const straight = await program.read();
    await program.load(kept);
    for (let i = 0; i < 2; i++) await program.step(feeds);
    expect(await program.read()).toEqual(straight);
    for (const each of [portable, program]) await each.dispose();
  });

  it('goes on from a state of the portable one, and the other way round', async () => {
    const feeds = feedsOf(step.graph);
    const [portable, program] = [
      await compile(step.graph, step, lowerPortable),
      await compile(step.graph, step, blocked),
    ];
    await portable.step(feeds);
    const kept = await portable.read();
    await program.load(kept);
    expect(await program.read()).toEqual(kept);
    const [ours, theirs] = [await program.step(feeds), await portable.step(feeds)];
    expect(ours.loss.data[0]).toBeCloseTo(theirs.loss.data[0], 4);
    const after = await program.read();
    await portable.load(after);
    expect(await portable.read()).toEqual(after);
    for (const each of [portable, program]) await each.dispose();
  });
});

describe('the state of a program in the blocked layout', { timeout: patience }, () => {
  it('is read as it was loaded', async () => {
    const step = training('simclr');
    const program = await compile(step.graph, step, blocked);
    const read = await program.read();
    await program.dispose();
    for (const [name, { data }] of Object.entries(initialState(step.variables, 1)))
      expect(read[name].data).toEqual(data);
    const names = [...(blocked(step.graph).orders?.keys() ?? [])];
    // Weights and momentum of twenty convolutions; first layer and shortcuts included.
    expect(names.filter((name) => name.startsWith('optimizer.')).length).toBe(20);
    expect(names.length).toBe(40);
  });
});
