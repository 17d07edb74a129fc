import { add, multiply, stopGradient } from '../engine/graph/ops.ts';
import { mlpHead } from './heads/mlpHead.ts';
import { negativeCosine } from './negativeCosine.ts';
import { mocoV2Views } from './views/recipes.ts';
import { smallImageAdamW } from './smallImageOptimizers.ts';
import type { Node } from '../engine/graph/node.ts';
import type { Method, MethodContext, MethodDefaults, MethodStep } from './method.ts';

export interface SimsiamSettings {
  /** Width of each of the head's layers, all of them normalised, the embedding's last. */
  readonly projector: readonly number[];
  /** Whether the embedding's normalisation learns a scale and a shift; the authors' code for ImageNet has none. */
  readonly affineOutput: boolean;
  /** Whether there is a predictor: without one it collapses (the paper's section 4.2). */
  readonly predictor: boolean;
  /** Width of the predictor's hidden layer. */
  readonly predictorHidden: number;
}

const small: MethodDefaults<SimsiamSettings> = {
  settings: { projector: [2048, 2048], affineOutput: true, predictor: true, predictorHidden: 512 },
  optimizer: smallImageAdamW(1e-3, 1e-4),
  batchSize: 128,
  warmupEpochs: 1,
};

const large: MethodDefaults<SimsiamSettings> = {
  settings: { projector: [2048, 2048, 2048], affineOutput: false, predictor: true, predictorHidden: 512 },
  optimizer: {
    name: 'sgd',
    learningRate: 0.05,
    perBatch: 256,
    weightDecay: 1e-4,
    momentum: 0.9,
    nesterov: false,
  },
  batchSize: 256,
  warmupEpochs: 0,
};

/**
 * SimSiam, algorithm 1 of its paper: −½cos(p₁, sg z₂) − ½cos(p₂, sg z₁), sg the stop-gradient, without which all
 * embeddings become one. The predictor keeps the first learning rate (section 4.2). Each view is a forward
 * pass of its own.
 */
export const simsiam: Method<SimsiamSettings> = {
  name: 'simsiam',
  title: 'SimSiam',
  summary: 'One view predicts the other, without comparing images: simple, but it needs many passes.',
  paper: 'Chen & He 2021, Exploring Simple Siamese Representation Learning, arXiv:2011.10566',

  defaults: (scale) => (scale === 'small' ? small : large),
  views: (_, scale, imageSize) => mocoV2Views(scale, imageSize),
  schedules: () => ({}),
  build,
  chanceLoss: () => null,
  accumulationFault: () => null,
  parameterGroup: ({ name }) => (name.startsWith('predictor.') ? { constantLearningRate: true } : {}),
};

function build({ settings, views, encoder, scope }: MethodContext<SimsiamSettings>): MethodStep {
  const { projector, affineOutput, predictor, predictorHidden } = settings;
  const project = (view: Node): Node =>
    mlpHead(scope.child('projector'), encoder.build(scope.child('encoder'), view), {
      layers: projector,
      normalization: 'all',
      lastAffine: affineOutput,
    });
  const predict = (z: Node): Node =>
    predictor
      ? mlpHead(scope.child('predictor'), z, {
          layers: [predictorHidden, projector[projector.length - 1]],
          normalization: 'hidden',
        })
      : z;
  const [first, second] = views;
  const embeddings = [project(first), project(second)] as const;
  const [a, b] = embeddings;
  const forth = negativeCosine(predict(a), stopGradient(b));
  const back = negativeCosine(predict(b), stopGradient(a));
  return { loss: multiply(add(forth, back), 0.5), embeddings };
}
