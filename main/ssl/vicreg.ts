import * as ops from '../engine/graph/ops.ts';
import { staticDim } from '../engine/graph/shape.ts';
import { mlpHead } from './heads/mlpHead.ts';
import { vicregViews } from './views/recipes.ts';
import { smallImageAdamW } from './smallImageOptimizers.ts';
import type { Node } from '../engine/graph/node.ts';
import type { Method, MethodContext, MethodDefaults, MethodStep } from './method.ts';

export interface VicregSettings {
  /** λ. */
  readonly invarianceWeight: number;
  /** μ, of the mean of both views' variance terms. */
  readonly varianceWeight: number;
  /** ν, of the sum of both views' covariance terms. */
  readonly covarianceWeight: number;
  /** Width of each of the head's layers, the embedding's last. */
  readonly projector: readonly number[];
}

const small: MethodDefaults<VicregSettings> = {
  // solo-learn's CIFAR recipe is 25, 25, 1 with the sum of both variance terms: 50 of their mean.
  settings: {
    ...{ invarianceWeight: 25, varianceWeight: 50, covarianceWeight: 1 },
    projector: [2048, 2048, 2048],
  },
  // Losses' weights, views and weight decay are solo-learn's (github.com/vturrisi/solo-learn, scripts/pretrain/cifar), whose
  // LARS at 0.3 for batches of 256 is for a thousand epochs: in a few, its steps, a fixed share of each weight's norm,
  // threw a loss of this scale far off.
  optimizer: smallImageAdamW(1e-3, 1e-4),
  batchSize: 128,
  warmupEpochs: 1,
};

const large: MethodDefaults<VicregSettings> = {
  settings: {
    ...{ invarianceWeight: 25, varianceWeight: 25, covarianceWeight: 1 },
    projector: [8192, 8192, 8192],
  },
  // The authors' rate for 256 images and 100 epochs.
  optimizer: {
    name: 'lars',
    learningRate: 0.5,
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

/** VICReg. Each view is a forward pass of its own. Plain SGD throws it far off. */
export const vicreg: Method<VicregSettings> = {
  name: 'vicreg',
  title: 'VICReg',
  summary: 'Two views must agree, while each number must vary among images and say what no other says.',
  paper:
    'Bardes et al. 2022, VICReg: Variance-Invariance-Covariance Regularization for Self-Supervised Learning, arXiv:2105.04906',

  defaults: (scale) => (scale === 'small' ? small : large),
  views: (_, scale, imageSize) => vicregViews(scale, imageSize),
  schedules: () => ({}),
  build,
  chanceLoss: () => null,
  accumulationFault: () =>
    'it measures over one batch how much each number varies, and batches that are added up are each measured alone',
};

function build({ settings, views, encoder, scope }: MethodContext<VicregSettings>): MethodStep {
  const embed = (view: Node): Node =>
    mlpHead(scope.child('projector'), encoder.build(scope.child('encoder'), view), {
      layers: settings.projector,
      normalization: 'hidden',
      // Nothing in the loss but a difference of both views would see it.
      bias: false,
    });
  const [first, second] = views;
  const embeddings = [embed(first), embed(second)] as const;
  return { loss: vicregLoss(...embeddings, settings), embeddings };
}

/**
 * λ·s + μ·(v(Z) + v(Z'))/2 + ν·(c(Z) + c(Z')) (Bardes et al. 2022, equations 1 to 6), with the two scales of the
 * authors' code where its text differs: s is the mean over batch and dimensions of (z − z')², and the variance terms are
 * averaged, not summed (as algorithm 1 and equation 6 have it), so that μ = 25 here is 12.5 there.
 * @param a [N, d]
 * @param b [N, d], row i of the same image as row i of `a`
 * @returns one element
 */
export function vicregLoss(
  a: Node,
  b: Node,
  {
    invarianceWeight,
    varianceWeight,
    covarianceWeight,
  }: Pick<VicregSettings, 'invarianceWeight' | 'varianceWeight' | 'covarianceWeight'>,
): Node {
  const invariance = ops.reduceMean(ops.square(ops.subtract(a, b)));
  const [first, second] = [a, b].map(center);
  const variance = ops.multiply(ops.add(varianceTerm(first), varianceTerm(second)), 0.5);
  const covariance = ops.add(covarianceTerm(first), covarianceTerm(second));
  return ops.add(
    ops.multiply(invariance, invarianceWeight),
    ops.add(ops.multiply(variance, varianceWeight), ops.multiply(covariance, covarianceWeight)),
  );
}

function center(z: Node): Node {
  return ops.subtract(z, ops.reduceMean(z, [0], true));
}

/** Equations 1 and 2 with γ = 1: the mean over dimensions of max(0, 1 − √(Var + 0.0001)). */
function varianceTerm(centered: Node): Node {
  const deviations = ops.sqrt(ops.add(variances(centered), 1e-4));
  return ops.reduceMean(ops.relu(ops.subtract(1, deviations)));
}

/** Equations 3 and 4: the sum of the squared covariances of different dimensions, over d. */
function covarianceTerm(centered: Node): Node {
  const [count, width] = [0, 1].map((axis) => staticDim(centered.shape, axis));
  const covariance = ops.multiply(ops.matmul(centered, centered, { transposeA: true }), 1 / (count - 1));
  const all = ops.reduceSum(ops.square(covariance));
  // The diagonal is taken from the embeddings, which spares a mask of d × d.
  const diagonal = ops.reduceSum(ops.square(variances(centered)));
  return ops.multiply(ops.subtract(all, diagonal), 1 / width);
}

/** Unbiased, [d]. */
function variances(centered: Node): Node {
  return ops.multiply(ops.reduceSum(ops.square(centered), [0]), 1 / (staticDim(centered.shape, 0) - 1));
}
