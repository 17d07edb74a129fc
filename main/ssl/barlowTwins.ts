import * as ops from '../engine/graph/ops.ts';
import { staticDim } from '../engine/graph/shape.ts';
import { mlpHead } from './heads/mlpHead.ts';
import { byolViews } from './views/recipes.ts';
import { smallImageAdamW } from './smallImageOptimizers.ts';
import type { Node } from '../engine/graph/node.ts';
import type { Method, MethodContext, MethodDefaults, MethodStep } from './method.ts';

export interface BarlowTwinsSettings {
  /** λ: the weight of the redundancy term. */
  readonly redundancyWeight: number;
  /** Multiplies the whole loss; no matter under LARS, a learning rate of its own under SGD. */
  readonly lossScale: number;
  /** Width of each of the head's layers, the embedding's last. */
  readonly projector: readonly number[];
}

const small: MethodDefaults<BarlowTwinsSettings> = {
  // Losses' weights, warm-up and weight decay are solo-learn's on CIFAR, whose LARS at 0.3 is for a thousand epochs. The
  // tenth of the loss is theirs too; AdamW does not see it.
  settings: { redundancyWeight: 5e-3, lossScale: 0.1, projector: [2048, 2048] },
  optimizer: smallImageAdamW(1e-3, 1e-4),
  batchSize: 128,
  warmupEpochs: 10,
};

const large: MethodDefaults<BarlowTwinsSettings> = {
  settings: { redundancyWeight: 0.0051, lossScale: 1, projector: [8192, 8192, 8192] },
  optimizer: {
    name: 'lars',
    learningRate: 0.2,
    perBatch: 256,
    weightDecay: 1.5e-6,
    momentum: 0.9,
    variant: 'norm-of-sum',
    trustCoefficient: 0.001,
    clip: false,
    vectorLearningRateScale: 0.0048 / 0.2,
  },
  batchSize: 256,
  warmupEpochs: 10,
};

/** Barlow Twins. Each view is a forward pass of its own, with its own batch statistics, as in the authors' code. */
export const barlowTwins: Method<BarlowTwinsSettings> = {
  name: 'barlow-twins',
  title: 'Barlow Twins',
  summary: 'Each number of the embedding must agree between two views, and say what no other number says.',
  paper:
    'Zbontar et al. 2021, Barlow Twins: Self-Supervised Learning via Redundancy Reduction, arXiv:2103.03230',

  defaults: (scale) => (scale === 'small' ? small : large),
  views: (_, scale, imageSize) => byolViews(scale, imageSize),
  schedules: () => ({}),
  build,
  chanceLoss: () => null,
  accumulationFault: () =>
    'it measures over one batch which numbers go together, and batches that are added up are each measured alone',
};

function build({ settings, views, encoder, scope }: MethodContext<BarlowTwinsSettings>): MethodStep {
  const embed = (view: Node): Node =>
    mlpHead(scope.child('projector'), encoder.build(scope.child('encoder'), view), {
      layers: settings.projector,
      normalization: 'hidden',
      // Standardisation would take a bias away again.
      bias: false,
    });
  const [first, second] = views;
  const embeddings = [embed(first), embed(second)] as const;
  const loss = barlowTwinsLoss(...embeddings, settings.redundancyWeight);
  return { loss: ops.multiply(loss, settings.lossScale), embeddings };
}

/**
 * Σ (1 − C_ii)² + λ Σ_{i≠j} C_ij², where C is the cross-correlation of the two views' embeddings over the batch
 * (Zbontar et al. 2021, equations 1 and 2).
 * @param a [N, d]
 * @param b [N, d], row i of the same image as row i of `a`
 * @returns one element
 */
export function barlowTwinsLoss(a: Node, b: Node, redundancyWeight: number): Node {
  const count = staticDim(a.shape, 0);
  const [x, y] = [standardize(a), standardize(b)];
  const correlation = ops.multiply(ops.matmul(x, y, { transposeA: true }), 1 / count);
  // The diagonal is taken from the embeddings, which spares a mask of d × d.
  const diagonal = ops.multiply(ops.reduceSum(ops.multiply(x, y), [0]), 1 / count);
  const invariance = ops.reduceSum(ops.square(ops.subtract(1, diagonal)));
  const redundancy = ops.subtract(
    ops.reduceSum(ops.square(correlation)),
    ops.reduceSum(ops.square(diagonal)),
  );
  return ops.add(invariance, ops.multiply(redundancy, redundancyWeight));
}

/** Each dimension with mean 0 and variance 1 over the batch, as a normalisation layer without weights does it. */
function standardize(z: Node): Node {
  const width = [staticDim(z.shape, 1)];
  return ops.batchNorm(z, ops.full(1, width), ops.full(0, width));
}
