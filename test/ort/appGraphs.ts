import { compileSteps } from '../../main/engine/execute/compileSteps.ts';
import { createClassifierTrainer } from '../../main/classify/classifierTrainer.ts';
import { createLogisticRegression } from '../../main/classify/logisticRegression.ts';
import { withFreshNormStatistics } from '../../main/classify/normStatistics.ts';
import { supervisedView } from '../../main/classify/supervisedView.ts';
import { openPixelStore } from '../../main/importer/pixelStore.ts';
import { initialState } from '../../main/nn/initialize.ts';
import { createEncoder } from '../../main/nn/createEncoder.ts';
import { createVariables, rootScope } from '../../main/nn/variables.ts';
import { feed, iota } from '../../main/engine/graph/ops.ts';
import { graphStates, type Graph } from '../../main/engine/graph/graph.ts';
import { elementCount, staticShape } from '../../main/engine/graph/shape.ts';
import { openSession } from '../../main/engine/execute/ort/session.ts';
import { createRingProgram } from '../../main/engine/execute/ort/ringProgram.ts';
import { lowerPortable } from '../../main/engine/lower/portable/lowerPortable.ts';
import { createRowProducts } from '../../main/select/rowProducts.ts';
import { methods } from '../../main/ssl/methods.ts';
import { viewPresets } from '../../main/ssl/views/presets.ts';
import { createEmbedder } from '../../main/training/embed.ts';
import { buildPretrainingGraph, type PretrainingGraphRequest } from '../../main/training/pretrainingGraph.ts';
import { tinyEncoder } from '../helpers/tinyEncoder.ts';
import { tinySettings } from '../helpers/tinyTraining.ts';
import type { Node, Tensor } from '../../main/engine/graph/node.ts';
import type { Executor, Program, Tensors } from '../../main/engine/execute/executor.ts';
import type { PixelStore } from '../../main/importer/pixelStore.ts';
import type { Encoder } from '../../main/nn/encoder.ts';
import type { Method } from '../../main/ssl/method.ts';

/** Something that the application prepares on a device, at a tiny size. */
export interface AppGraph {
  /** The file that does. */
  readonly file: string;
  readonly title: string;
  /** Has it prepared by the executor; nothing is run. */
  readonly prepare: (executor: Executor, store: PixelStore) => Promise<void>;
}

/** Graphs that the application prepares on the CPU whatever its user chose. */
export const onTheCpuOnly = ['main/worker/runPreviewViews.ts'];

const small = {
  encoder: { name: 'resnet18', width: 0.125, stem: 'small' },
  scale: 'small',
  imageSize: 16,
} as const;
const large = {
  encoder: { name: 'resnet50', width: 0.125, stem: 'standard' },
  scale: 'large',
  imageSize: 64,
} as const;

const classes = 3;
const labels = [0, 1, 2, 0, 1, 2];

export function appGraphs(): readonly AppGraph[] {
  const { encoder, imageSize } = small;
  const rest: readonly AppGraph[] = [
    {
      file: 'main/training/embed.ts',
      title: 'embedding: galleries, kNN, suggestions, scores',
      prepare: async (executor, store) => {
        const weights = encoderState(createEncoder(encoder));
        await (
          await createEmbedder({
            executor,
            store,
            imageSize,
            encoder: createEncoder(encoder),
            weights,
            batchSize: 4,
          })
        ).dispose();
      },
    },
    ...[small, large].map((setting) => trainerOf(setting)),
    {
      file: 'main/classify/normStatistics.ts',
      title: 'statistics of batch normalisation',
      prepare: async (executor, store) => {
        const request = { executor, store, imageSize, encoder: tinyEncoder, slots: [0, 1] };
        await withFreshNormStatistics(encoderState(tinyEncoder), request);
      },
    },
    {
      file: 'main/classify/logisticRegression.ts',
      title: 'the probe',
      prepare: async (executor) => {
        const features = { data: new Float32Array(24).fill(1), count: 6, size: 4 };
        await (await createLogisticRegression(executor, features, labels, classes)).dispose();
      },
    },
    {
      file: 'main/select/rowProducts.ts',
      title: 'products of features',
      prepare: async (executor) => {
        const products = createRowProducts(executor, 4);
        const rows = { data: new Float32Array(8).fill(1), count: 2, size: 4 };
        await products.each(rows, rows, () => undefined);
        await products.dispose();
      },
    },
  ];
  return [...methods.flatMap(pretrainingOf), ...rest];
}

/** Every method at both scales; one with the true encoders, and with what the presets change of the views. */
function pretrainingOf(method: Method): AppGraph[] {
  if (method !== methods[0]) {
    return [small, large].map((setting) =>
      pretrainingGraph(method, { ...setting, encoder: tinyEncoder, preset: 'natural' }),
    );
  }
  const encoders = [small, large].map((setting) => ({
    ...setting,
    encoder: createEncoder(setting.encoder),
    preset: 'natural' as const,
  }));
  const presets = viewPresets.slice(1).map(({ name }) => ({ ...small, encoder: tinyEncoder, preset: name }));
  return [...encoders, ...presets].map((setting) => pretrainingGraph(method, setting));
}

function pretrainingGraph(
  method: Method,
  setting: Pick<PretrainingGraphRequest, 'scale' | 'imageSize' | 'encoder' | 'preset'>,
): AppGraph {
  const { scale, preset, imageSize } = setting;
  return {
    file: 'main/training/pretrain.ts',
    title: `pretraining by ${method.name}, ${scale} images, ${preset}`,
    prepare: async (executor) => {
      const { settings, optimizer } = method.defaults(scale);
      const tiny = { ...settings, ...(tinySettings as Readonly<Record<string, object>>)[method.name] };
      const sampleCount = 40;
      const { graph } = buildPretrainingGraph({
        ...setting,
        method,
        optimizer,
        sampleCount,
        settings: method.limitSettings?.(tiny, sampleCount) ?? tiny,
        batchSize: 8,
        slotSize: imageSize,
      });
      await (await compileSteps(executor, graph, {})).dispose();
    },
  };
}

function trainerOf({ encoder, imageSize, scale }: typeof small | typeof large): AppGraph {
  return {
    file: 'main/classify/classifierTrainer.ts',
    title: `fine-tuning and training from scratch, ${scale} images`,
    prepare: async (executor, store) => {
      const trainer = await createClassifierTrainer({
        executor,
        store,
        encoder: createEncoder(encoder),
        classCount: classes,
        batchSize: 4,
        recipe: supervisedView(imageSize, 0.3),
        optimizer: {
          name: 'sgd',
          learningRate: 0.1,
          perBatch: 256,
          weightDecay: 5e-4,
          momentum: 0.9,
          nesterov: true,
        },
        headLearningRateScale: 3,
        seed: 1,
      });
      await trainer.dispose();
    },
  };
}

function encoderState(encoder: Encoder): Tensors {
  const variables = createVariables();
  encoder.build(rootScope(variables, 'inference').child('encoder'), feed('x', [1, 3, 16, 16]));
  return initialState(variables, 1);
}

/** Makes a session of each graph, on WebGPU alone, and answers what it is asked with zeros: nothing is run. */
function placingExecutor(): Executor {
  const compile = async (graph: Graph): Promise<Program> => {
    const session = await openSession(lowerPortable(graph), { device: 'webgpu' });
    await session.release();
    const states = new Map([...graphStates(graph)].map(([name, node]) => [name, zerosOf(node)]));
    return {
      load: async () => undefined,
      step: async () =>
        Object.fromEntries(Object.entries(graph.outputs).map(([name, node]) => [name, zerosOf(node)])),
      read: async (names = [...states.keys()]) =>
        Object.fromEntries([...states].filter(([name]) => names.includes(name))),
      dispose: async () => undefined,
    };
  };
  return {
    name: 'webgpu',
    compile,
    compileSteps: (graph, state) => createRingProgram(compile, graph, state),
  };
}

function zerosOf({ dtype, shape }: Node): Tensor {
  const sizes = staticShape(shape);
  return { dtype, shape: sizes, data: new Float32Array(elementCount(sizes)) };
}

/** What WebGPU alone cannot do of the graphs, and why. */
export async function refusals(
  graphs: readonly AppGraph[],
  pixelFolder: string,
): Promise<Record<string, string>> {
  const executor = placingExecutor();
  const store = openPixelStore(pixelFolder);
  const refused: Record<string, string> = {};
  try {
    for (const { title, prepare } of graphs) {
      try {
        await prepare(executor, store);
      } catch (error) {
        refused[title] = error instanceof Error ? error.message : String(error);
      }
    }
  } finally {
    store.close();
  }
  return refused;
}

/** A size that has to be computed where it is asked for: shows that a refusal is seen. */
export const impossibleGraph: AppGraph = {
  file: '',
  title: 'impossible',
  prepare: async (executor) => {
    const x = feed('x', ['N', 2]);
    await executor.compile({ outputs: { y: iota(x, 0) }, updates: {} }, {});
  },
};
