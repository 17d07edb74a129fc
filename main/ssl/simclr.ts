import { concat, sliceAxis } from '../engine/graph/ops.ts';
import { hardNtXent } from './hardNtXent.ts';
import { mlpHead, type HeadNormalization } from './heads/mlpHead.ts';
import { l2Normalize } from './l2Normalize.ts';
import { ntXent } from './ntXent.ts';
import { simclrViews } from './views/recipes.ts';
import { smallImageSgd } from './smallImageOptimizers.ts';
import type { Method, MethodContext, MethodDefaults, MethodStep } from './method.ts';

export interface SimclrSettings {
  readonly temperature: number;
  /** Width of the head's hidden layer; null: as wide as the features. */
  readonly hidden: number | null;
  readonly output: number;
  readonly normalization: HeadNormalization;
  /** β of Robinson et al. 2021: how much more the negatives that look alike count; 0, or absent: all alike. */
  readonly hardNegatives?: number;
  /** τ⁺ of theirs, read where β is above 0: the share of the negatives that are really of the same kind. */
  readonly classPrior?: number;
}

/** The published τ⁺ for CIFAR-10 and STL-10, with β = 1. */
const contrast = { hardNegatives: 0, classPrior: 0.1 };

const small: MethodDefaults<SimclrSettings> = {
  settings: { temperature: 0.5, hidden: null, output: 128, normalization: 'all', ...contrast },
  // Twice the rate of Lightly's CIFAR-10 benchmark, whose loss and schedule are the same: better in short runs.
  optimizer: smallImageSgd(0.12),
  batchSize: 128,
  warmupEpochs: 0,
};

const large: MethodDefaults<SimclrSettings> = {
  settings: { temperature: 0.1, hidden: null, output: 128, normalization: 'all', ...contrast },
  // 0.075·√256, the paper's rule for batches of this size (appendix B.1): 0.3 is for thousands.
  optimizer: {
    name: 'lars',
    learningRate: 1.2,
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

/** SimCLR, algorithm 1 of its paper. One forward pass of both views together, so that they share batch statistics. */
export const simclr: Method<SimclrSettings> = {
  name: 'simclr',
  title: 'SimCLR',
  summary: 'Two random views of an image must recognise each other among all other images of the batch.',
  paper:
    'Chen et al. 2020, A Simple Framework for Contrastive Learning of Visual Representations, arXiv:2002.05709',

  defaults: (scale) => (scale === 'small' ? small : large),
  views: (_, scale, imageSize) => simclrViews(scale, imageSize),
  schedules: () => ({}),
  build,
  chanceLoss: (_, batchSize) => Math.log(2 * batchSize - 1),
  accumulationFault: () =>
    'it tells an image from those of its own batch only, and batches that are added up do not meet',
};

function build({ settings, views, encoder, scope, batchSize }: MethodContext<SimclrSettings>): MethodStep {
  const { hidden, output, normalization, temperature, hardNegatives = 0, classPrior = 0 } = settings;
  const features = encoder.build(scope.child('encoder'), concat(views, 0));
  const layers = [hidden ?? encoder.featureCount, output];
  const z = l2Normalize(mlpHead(scope.child('projector'), features, { layers, normalization }));
  const a = sliceAxis(z, 0, 0, batchSize);
  const b = sliceAxis(z, 0, batchSize, 2 * batchSize);
  const loss =
    hardNegatives > 0
      ? hardNtXent(a, b, { temperature, concentration: hardNegatives, classPrior })
      : ntXent(a, b, temperature);
  return { loss, embeddings: [a, b] };
}
