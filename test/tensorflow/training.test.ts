import { expect, it } from 'vitest';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { graphFeeds } from '../../main/engine/graph/graph.ts';
import { initialState } from '../../main/nn/initialize.ts';
import { randomStream } from '../../main/nn/random.ts';
import { simclr } from '../../main/ssl/simclr.ts';
import { sampleViewParameters } from '../../main/ssl/views/sampleView.ts';
import { viewTensors } from '../../main/ssl/views/viewFeeds.ts';
import { buildPretrainingGraph } from '../../main/training/pretrainingGraph.ts';
import { tinyEncoder } from '../helpers/tinyEncoder.ts';
import { integers, tensor } from '../helpers/tensors.ts';
import { tinySettings } from '../helpers/tinyTraining.ts';
import { plainTensorFlow } from './plainTensorFlow.ts';
import type { Executor, Tensors } from '../../main/engine/execute/executor.ts';
import type { ViewRecipe } from '../../main/ssl/views/recipe.ts';

const batchSize = 6;
const side = 16;

/** The graph that the trainer builds, from bytes to updates, on a small encoder. */
const { settings, optimizer } = simclr.defaults('small');
const { graph, variables, recipes } = buildPretrainingGraph({
  ...{ method: simclr, settings: { ...settings, ...tinySettings.simclr }, optimizer, encoder: tinyEncoder },
  ...{ batchSize, slotSize: side, imageSize: side, scale: 'small', preset: 'natural', sampleCount: 18 },
});

it('the whole training step, views included, has the losses that ONNX Runtime has', async () => {
  const expected = await losses(ortExecutor({ device: 'cpu', threads: 1, spinning: false }));
  const actual = await losses(plainTensorFlow);
  expect(new Set(expected).size).toBe(3);
  actual.forEach((loss, i) => expect(Math.abs(loss / expected[i] - 1)).toBeLessThan(1e-4));
});

async function losses(executor: Executor): Promise<readonly number[]> {
  const program = await executor.compile(graph, initialState(variables, 1));
  const given: number[] = [];
  for (let step = 0; step < 3; step++) given.push((await program.step(feedsOf(step))).loss.data[0]);
  await program.dispose();
  return given;
}

function feedsOf(step: number): Tensors {
  const random = randomStream(1, 'pixels', step);
  const pixels = Uint8Array.from({ length: 3 * side * side * batchSize }, () => random.integer(256));
  const feeds: Tensors = {
    images: { dtype: 'uint8', shape: [batchSize, 3, side, side], data: pixels },
    indices: integers(Array.from({ length: batchSize }, (_, i) => step * batchSize + i)),
    learningRate: tensor([], [0.05]),
    initialLearningRate: tensor([], [0.05]),
    ...Object.fromEntries(
      recipes.flatMap((recipe, view) => Object.entries(parametersOf(recipe, view, step))),
    ),
  };
  const needed = graphFeeds(graph);
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => needed.has(name)));
}

function parametersOf(recipe: ViewRecipe, view: number, step: number): Tensors {
  const sizes = new Int32Array(2 * batchSize).fill(side);
  const parameters = sampleViewParameters(recipe, sizes, (i) => randomStream(1, view, step, i));
  return viewTensors(view, parameters);
}
