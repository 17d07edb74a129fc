import { swav, type SwavSettings } from './swav.ts';
import type { Method, MethodDefaults, Scale } from './method.ts';

/**
 * SEER's recipe: SwAV, unchanged, on images that nobody chose or sorted, of which each is seen once, with a RegNetY
 * encoder. What is not taken over: its batch of 8704 on 512 GPUs, in whose place the queue helps small batches, and the
 * head of 8192 numbers a layer, which is made for an encoder of a billion.
 */
export const seer: Method<SwavSettings> = {
  ...swav,
  name: 'seer',
  title: 'SEER',
  summary: 'SwAV for very many unsorted images, each seen only once; made for the RegNetY networks.',
  paper: 'Goyal et al. 2021, Self-supervised Pretraining of Visual Features in the Wild, arXiv:2103.01988',
  recipe: { encoder: 'regnet_y_400mf', epochs: 1 },
  defaults,
};

function defaults(scale: Scale): MethodDefaults<SwavSettings> {
  const usual = swav.defaults(scale);
  // With a RegNetY the queue is of no help on small images: what is in it has aged, and the loss rises when it begins.
  if (scale === 'small') return { ...usual, settings: { ...usual.settings, queueSize: 0 } };
  // One pass has no epoch to spare: what waits, waits for a share of it, and the warm-up is its first tenth.
  const settings = { ...usual.settings, prototypes: 16_000, smallCrops: 4, output: 256 };
  return { ...usual, settings, warmupEpochs: 1 };
}
