import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { graphFeeds } from '../../main/engine/graph/graph.ts';
import { initialState } from '../../main/nn/initialize.ts';
import { randomStream } from '../../main/nn/random.ts';
import { resnet, stemFor } from '../../main/nn/resnet.ts';
import { sampleViewParameters } from '../../main/ssl/views/sampleView.ts';
import { viewTensors } from '../../main/ssl/views/viewFeeds.ts';
import { buildPretrainingGraph } from '../../main/training/pretrainingGraph.ts';
import { findMethod } from '../../main/ssl/methods.ts';
import type { Tensors } from '../../main/engine/execute/executor.ts';
import type { Tensor } from '../../main/engine/graph/node.ts';

export interface StepShape {
  readonly method: string;
  /** Images a step; each gives two views. */
  readonly pairs: number;
  /** 1 is 64 channels in the stem. */
  readonly width: number;
  readonly imageSize: number;
}

export interface TimedStep {
  /** Milliseconds and loss of one training step: views, forward, backward, update. */
  run(): Promise<{ milliseconds: number; loss: number }>;
  dispose(): Promise<void>;
}

/** Our training step as the app runs it, on random pixels. */
export async function prepareOurStep({
  method: methodName,
  pairs,
  width,
  imageSize,
}: StepShape): Promise<TimedStep> {
  const method = findMethod(methodName);
  if (!method) throw new Error(`no method ${methodName}`);
  const { settings, optimizer } = method.defaults('small');
  const encoder = resnet({ name: 'resnet18', width, stem: stemFor(imageSize) });
  const { graph, variables, recipes } = buildPretrainingGraph({
    method,
    settings,
    encoder,
    optimizer,
    batchSize: pairs,
    slotSize: imageSize,
    imageSize,
    scale: 'small',
    preset: 'natural',
    sampleCount: 10_000,
  });
  const program = await ortExecutor({ device: 'cpu', threads: 2 }).compile(graph, initialState(variables, 1));
  const sizes = new Int32Array(2 * pairs).fill(imageSize);
  const views = recipes.map((recipe, view) =>
    viewTensors(
      view,
      sampleViewParameters(recipe, sizes, (i) => randomStream(1, view, i)),
    ),
  );
  const feeds: Tensors = Object.assign({}, ...views, fixedFeeds(pairs, imageSize)) as Tensors;
  const needed = graphFeeds(graph);
  const used = Object.fromEntries(Object.entries(feeds).filter(([name]) => needed.has(name)));
  return {
    run: async () => {
      const start = performance.now();
      const { loss } = await program.step(used);
      return { milliseconds: performance.now() - start, loss: loss.data[0] };
    },
    dispose: () => program.dispose(),
  };
}

function fixedFeeds(pairs: number, size: number): Record<string, Tensor> {
  const random = randomStream(1, 'pixels');
  const pixels = Uint8Array.from({ length: 3 * size * size * pairs }, () => random.integer(256));
  const scalar = (value: number): Tensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });
  return {
    images: { dtype: 'uint8', shape: [pairs, 3, size, size], data: pixels },
    indices: { dtype: 'int32', shape: [pairs], data: Int32Array.from({ length: pairs }, (_, i) => i) },
    learningRate: scalar(0.01),
    initialLearningRate: scalar(0.01),
    'schedule.momentum': scalar(0.99),
  };
}
