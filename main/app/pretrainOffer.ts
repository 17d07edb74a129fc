import type { PretrainOffer } from '../../shared/pretraining.ts';
import type { ReadOnlyLibrary } from '../library/client.ts';
import { listPretrainRuns } from './pretrainRuns.ts';
import { readTrace } from './trainingTrace.ts';

/** What a pretraining would work with, and how fast the newest one was that said so. */
export async function pretrainOffer(library: ReadOnlyLibrary): Promise<PretrainOffer> {
  const { ready, heldOut } = await library.read.countImages();
  return { images: ready - heldOut, heldOut, before: await speedBefore(library) };
}

async function speedBefore(library: ReadOnlyLibrary): Promise<PretrainOffer['before']> {
  for (const { id, encoder, imageSize } of await listPretrainRuns(library)) {
    const progress = readTrace(library, id)?.newest.progress;
    if (progress !== undefined && imageSize !== null) {
      return { imagesPerSecond: progress.imagesPerSecond, encoder, imageSize };
    }
  }
  return null;
}
