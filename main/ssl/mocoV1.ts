import {
  momentumContrast,
  momentumContrastDefaults,
  type MomentumContrastSettings,
} from './momentumContrast.ts';
import { mocoV1Views } from './views/recipes.ts';
import type { Method, MethodDefaults, Scale } from './method.ts';

/** MoCo as first published (equations 1 and 2, algorithm 1): a linear head, weaker views, a lower temperature. */
export const mocoV1: Method<MomentumContrastSettings> = {
  name: 'moco-v1',
  title: 'MoCo v1',
  summary: 'The first MoCo: a queue of earlier images, but simpler views and no hidden layer in its head.',
  paper:
    'He et al. 2020, Momentum Contrast for Unsupervised Visual Representation Learning, arXiv:1911.05722',

  defaults,
  views: (_, scale, imageSize) => mocoV1Views(scale, imageSize),
  ...momentumContrast(({ settings }) => [settings.output]),
};

/** The paper lowers the rate tenfold at epochs 120 and 160 of 200; here it follows a cosine, as in its second version. */
function defaults(scale: Scale): MethodDefaults<MomentumContrastSettings> {
  const { settings, ...rest } = momentumContrastDefaults(scale);
  return { ...rest, settings: scale === 'large' ? { ...settings, temperature: 0.07 } : settings };
}
