import { add, multiply, stopGradient } from '../engine/graph/ops.ts';
import { momentumScope, type Scope } from '../nn/variables.ts';
import { mlpHead } from './heads/mlpHead.ts';
import { negativeCosine } from './negativeCosine.ts';
import { byolViews, mocoV2Views } from './views/recipes.ts';
import { smallImageAdamW } from './smallImageOptimizers.ts';
import type { Node } from '../engine/graph/node.ts';
import type { Method, MethodContext, MethodDefaults, MethodStep } from './method.ts';

export interface ByolSettings {
  /** τ at the start: how much of the target network stays at each step. It rises to 1 along a cosine. */
  readonly momentum: number;
  /** Width of the hidden layer of projector and predictor. */
  readonly hidden: number;
  /** d of the projections. */
  readonly output: number;
  /** Whether the projector ends in a normalisation, as MoCo v3's does (Chen et al. 2021); the paper's does not. */
  readonly normalizedOutput?: boolean;
  /** Whether there is a predictor: with neither it nor momentum all embeddings become one. */
  readonly predictor: boolean;
  /** Multiplies the whole loss; no matter under LARS, a learning rate of its own under SGD. */
  readonly lossScale: number;
}

const small: MethodDefaults<ByolSettings> = {
  // In runs of a few epochs the paper's projector brings all embeddings close together first and parts them late. The
  // normalisation parts them from the first step; of the rates, batches and momenta that were tried with it over three
  // epochs on 32 px photographs these went furthest. A quarter of the loss is Lightly's mean of −cos over both
  // directions, the paper has the sum of 2 − 2·cos; AdamW does not see it.
  settings: {
    ...{ momentum: 0.97, hidden: 1024, output: 256, normalizedOutput: true },
    ...{ predictor: true, lossScale: 0.25 },
  },
  optimizer: smallImageAdamW(1e-3, 1e-4, 64),
  batchSize: 64,
  warmupEpochs: 1,
};

const large: MethodDefaults<ByolSettings> = {
  // The values of the authors' code for 100 and 300 epochs.
  settings: { momentum: 0.99, hidden: 4096, output: 256, predictor: true, lossScale: 1 },
  optimizer: {
    name: 'lars',
    learningRate: 0.45,
    perBatch: 256,
    weightDecay: 1e-6,
    momentum: 0.9,
    variant: 'norm-of-sum',
    trustCoefficient: 0.001,
    clip: false,
  },
  batchSize: 256,
  warmupEpochs: 10,
};

/**
 * BYOL. The online network's prediction of one view must meet the target network's projection of the other:
 * ‖p̂ − sg ẑ'‖² = 2 − 2·cos, summed over both directions (Grill et al. 2020, equation 2 and below). The target follows
 * as a moving average with τ = 1 − (1 − τ₀)(cos(πk/K) + 1)/2 (section 3.2). It moves at the start of a step to where the
 * paper moves it at the end of the step before. Each view is a forward pass of its own.
 */
export const byol: Method<ByolSettings> = {
  name: 'byol',
  title: 'BYOL',
  summary: 'Learns to predict what a slower copy of itself sees in another view; no comparison of images.',
  paper:
    'Grill et al. 2020, Bootstrap Your Own Latent: A New Approach to Self-Supervised Learning, arXiv:2006.07733',

  defaults: (scale) => (scale === 'small' ? small : large),
  // At 32 px whole views learn sooner: htdt/self-supervised (github.com) has these crops for BYOL on CIFAR-10.
  views: (_, scale, imageSize) => (scale === 'small' ? mocoV2Views : byolViews)(scale, imageSize),
  schedules: ({ momentum }) => ({
    momentum: ({ progress }) => 1 - ((1 - momentum) * (Math.cos(Math.PI * progress) + 1)) / 2,
  }),
  build,
  chanceLoss: () => null,
  accumulationFault: () => null,
};

function build(context: MethodContext<ByolSettings>): MethodStep {
  const { settings, views, encoder, scope } = context;
  const { hidden, output, normalizedOutput = false, predictor, lossScale } = settings;
  const target = momentumScope(scope, 'target', context.scalar('momentum'));
  const head = { layers: [hidden, output], normalization: 'hidden', bias: false } as const;
  const projector = { ...head, normalization: normalizedOutput ? 'all' : 'hidden' } as const;
  /** [N, output]. */
  const project = (network: Scope, view: Node): Node =>
    mlpHead(network.child('projector'), encoder.build(network.child('encoder'), view), projector);
  const predict = (z: Node): Node => (predictor ? mlpHead(scope.child('predictor'), z, head) : z);

  const [first, second] = views;
  const embeddings = [project(scope, first), project(scope, second)] as const;
  const [a, b] = embeddings;
  const [seenA, seenB] = [first, second].map((view) => stopGradient(project(target, view)));
  const cosines = add(negativeCosine(predict(a), seenB), negativeCosine(predict(b), seenA));
  return { loss: multiply(add(multiply(cosines, 2), 4), lossScale), embeddings };
}
