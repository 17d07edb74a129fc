import { momentumContrast, type MomentumContrastSettings } from './momentumContrast.ts';
import { mocoV2Views } from './views/recipes.ts';
import type { Method, MethodDefaults } from './method.ts';

export interface MocoSettings extends MomentumContrastSettings {
  /** Width of the head's hidden layer; null: as wide as the features. */
  readonly hidden: number | null;
}

const head = { hidden: null, output: 128 };

const small: MethodDefaults<MocoSettings> = {
  settings: { temperature: 0.1, momentum: 0.99, queueSize: 4096, normSplits: 8, symmetric: false, ...head },
  optimizer: {
    name: 'sgd',
    learningRate: 0.06,
    perBatch: 128,
    weightDecay: 5e-4,
    momentum: 0.9,
    nesterov: false,
  },
  batchSize: 128,
  warmupEpochs: 0,
};

const large: MethodDefaults<MocoSettings> = {
  // Eight splits of 32 are the paper's eight GPUs.
  settings: {
    temperature: 0.2,
    momentum: 0.999,
    queueSize: 65_536,
    normSplits: 8,
    symmetric: false,
    ...head,
  },
  optimizer: {
    name: 'sgd',
    learningRate: 0.03,
    perBatch: 256,
    weightDecay: 1e-4,
    momentum: 0.9,
    nesterov: false,
  },
  batchSize: 256,
  warmupEpochs: 0,
};

/**
 * MoCo v2. The queue starts with random directions, which are easily told from real keys: the loss first rises while
 * real keys replace them.
 */
export const moco: Method<MocoSettings> = {
  name: 'moco-v2',
  title: 'MoCo v2',
  summary: 'As SimCLR, but compares with a long queue of earlier images, so small batches are enough.',
  paper: 'Chen et al. 2020, Improved Baselines with Momentum Contrastive Learning, arXiv:2003.04297',

  defaults: (scale) => (scale === 'small' ? small : large),
  views: (_, scale, imageSize) => mocoV2Views(scale, imageSize),
  ...momentumContrast(({ settings, encoder }) => [settings.hidden ?? encoder.featureCount, settings.output]),
};
