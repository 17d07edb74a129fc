import { freeTensors } from '../../main/engine/execute/freeTensors.ts';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { cpuLowering } from '../../main/engine/execute/ort/cpuLowering.ts';
import { graphFeeds, type Graph } from '../../main/engine/graph/graph.ts';
import { lowerPortable } from '../../main/engine/lower/portable/lowerPortable.ts';
import { initialState } from '../../main/nn/initialize.ts';
import { randomStream } from '../../main/nn/random.ts';
import { createEncoder } from '../../main/nn/createEncoder.ts';
import { stemFor } from '../../main/nn/resnet.ts';
import { sampleViewParameters } from '../../main/ssl/views/sampleView.ts';
import { viewTensors } from '../../main/ssl/views/viewFeeds.ts';
import { buildPretrainingGraph } from '../../main/training/pretrainingGraph.ts';
import { findMethod } from '../../main/ssl/methods.ts';
import type { Tensors } from '../../main/engine/execute/executor.ts';
import { profileNodes } from './profileNodes.ts';
import type { ProfiledNode } from './nodesOfProfile.ts';
import type { Lowering } from '../../main/engine/lower/lowering.ts';
import type { EncoderName } from '../../main/nn/encoder.ts';
import type { Tensor } from '../../main/engine/graph/node.ts';

export interface StepShape {
  readonly method: string;
  /** Images a step; each gives two views. */
  readonly pairs: number;
  /** 1 is 64 channels in the stem. */
  readonly width: number;
  readonly imageSize: number;
  readonly encoder: EncoderName;
}

/** The same shape as `torch_step.Step` is told it. */
export function torchShape({ width, ...shape }: StepShape): Readonly<Record<string, unknown>> {
  const standardStem = stemFor(shape.imageSize) === 'standard';
  return { ...shape, stem: Math.round(64 * width), standardStem };
}

/** How our side writes its graphs: `cpu` in this machine's blocked layout, as the app does, or `portable`. */
export type LoweringName = 'portable' | 'cpu';

export interface OurStep extends TimedStep {
  /** Milliseconds to write the graph as a model, and to make a session of it. */
  readonly preparation: { readonly lowering: number; readonly compile: number };
  /** The operators of a step, from a session of its own. */
  profile(): Promise<readonly ProfiledNode[]>;
}

export interface TimedStep {
  /** Milliseconds and loss of one training step: views, forward, backward, update. */
  run(): Promise<{ milliseconds: number; loss: number }>;
  dispose(): Promise<void>;
}

/** The graph of our training step, its state before the first one, and what it is fed: random pixels. */
export function buildOurStep({
  method: methodName,
  pairs,
  width,
  imageSize,
  encoder: encoderName,
}: StepShape): {
  readonly graph: Graph;
  readonly state: Tensors;
  readonly feeds: Tensors;
} {
  const method = findMethod(methodName);
  if (!method) throw new Error(`no method ${methodName}`);
  const { settings, optimizer } = method.defaults('small');
  const encoder = createEncoder({ name: encoderName, width, stem: stemFor(imageSize) });
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
  const sizes = new Int32Array(2 * pairs).fill(imageSize);
  const views = recipes.map((recipe, view) =>
    viewTensors(
      view,
      sampleViewParameters(recipe, sizes, (i) => randomStream(1, view, i)),
    ),
  );
  const all: Tensors = Object.assign({}, ...views, fixedFeeds(pairs, imageSize)) as Tensors;
  const needed = graphFeeds(graph);
  const feeds = Object.fromEntries(Object.entries(all).filter(([name]) => needed.has(name)));
  return { graph, state: initialState(variables, 1), feeds };
}

/** Our training step on random pixels; in the `cpu` lowering as the app runs it. */
export async function prepareOurStep(shape: StepShape, loweringName: LoweringName): Promise<OurStep> {
  const { graph, state, feeds: used } = buildOurStep(shape);
  const lowering = loweringName === 'cpu' ? await cpuLowering() : lowerPortable;
  const preparation = { lowering: 0, compile: 0 };
  const timed: Lowering = (given) => {
    const start = performance.now();
    const lowered = lowering(given);
    preparation.lowering = performance.now() - start;
    return lowered;
  };
  const start = performance.now();
  const program = await ortExecutor({ device: 'cpu', threads: 2, lowering: timed }).compile(graph, state);
  preparation.compile = performance.now() - start;
  // As training does.
  freeTensors(state);
  return {
    preparation,
    profile: () => profileNodes(lowering(graph), used, buildOurStep(shape).state),
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
