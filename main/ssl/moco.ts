import {
  momentumContrast,
  momentumContrastDefaults,
  type MomentumContrastSettings,
} from './momentumContrast.ts';
import { mocoV2Views } from './views/recipes.ts';
import type { Method, MethodDefaults, Scale } from './method.ts';

export interface MocoSettings extends MomentumContrastSettings {
  /** Width of the head's hidden layer; null: as wide as the features. */
  readonly hidden: number | null;
}

/**
 * MoCo v2. The queue starts with random directions, which are easily told from real keys: the loss first rises while
 * real keys replace them.
 */
export const moco: Method<MocoSettings> = {
  name: 'moco-v2',
  title: 'MoCo v2',
  summary: 'As SimCLR, but compares with a long queue of earlier images, so small batches are enough.',
  paper: 'Chen et al. 2020, Improved Baselines with Momentum Contrastive Learning, arXiv:2003.04297',

  defaults,
  views: (_, scale, imageSize) => mocoV2Views(scale, imageSize),
  ...momentumContrast(({ settings, encoder }) => [settings.hidden ?? encoder.featureCount, settings.output]),
};

function defaults(scale: Scale): MethodDefaults<MocoSettings> {
  const { settings, ...rest } = momentumContrastDefaults(scale);
  return { ...rest, settings: { ...settings, hidden: null } };
}
