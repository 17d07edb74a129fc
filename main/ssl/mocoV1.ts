import { momentumContrast, type MomentumContrastSettings } from './momentumContrast.ts';
import { mocoV1Views } from './views/recipes.ts';
import type { Method, MethodDefaults } from './method.ts';

export type MocoV1Settings = MomentumContrastSettings;

const small: MethodDefaults<MocoV1Settings> = {
  settings: {
    ...{ temperature: 0.1, momentum: 0.99, queueSize: 4096, normSplits: 8, symmetric: false },
    output: 128,
  },
  // The authors' CIFAR-10 demo has this rate for 512 images; for 128, as Lightly has it, short runs get further.
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

const large: MethodDefaults<MocoV1Settings> = {
  settings: {
    ...{ temperature: 0.07, momentum: 0.999, queueSize: 65_536, normSplits: 8, symmetric: false },
    output: 128,
  },
  // The paper lowers the rate tenfold at epochs 120 and 160 of 200; here it follows a cosine, as in its second version.
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

/** MoCo as first published (equations 1 and 2, algorithm 1): a linear head, weaker views, a lower temperature. */
export const mocoV1: Method<MocoV1Settings> = {
  name: 'moco-v1',
  title: 'MoCo v1',
  summary: 'The first MoCo: a queue of earlier images, but simpler views and no hidden layer in its head.',
  paper:
    'He et al. 2020, Momentum Contrast for Unsupervised Visual Representation Learning, arXiv:1911.05722',

  defaults: (scale) => (scale === 'small' ? small : large),
  views: (_, scale, imageSize) => mocoV1Views(scale, imageSize),
  ...momentumContrast(({ settings }) => [settings.output]),
};
