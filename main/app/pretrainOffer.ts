import type { PretrainOffer, PretrainRun } from '../../shared/pretraining.ts';
import type { ReadOnlyLibrary } from '../library/client.ts';
import { listPretrainRuns } from './pretrainRuns.ts';
import { readTrace } from './trainingTrace.ts';

/**
 * What a pretraining would work with, and how fast the newest one was that said so.
 * @param unfinished the project whose pretraining the end of the application interrupted
 */
export async function pretrainOffer(
  library: ReadOnlyLibrary,
  unfinished: string | null,
): Promise<PretrainOffer> {
  const { ready, heldOut } = await library.read.countImages();
  const runs = await listPretrainRuns(library);
  const [newest] = runs;
  const isOffered = unfinished === library.folder && runs.length > 0 && newest.state === 'interrupted';
  return {
    images: ready - heldOut,
    heldOut,
    unfinished: isOffered ? newest.id : null,
    before: speedBefore(library, runs),
  };
}

function speedBefore(library: ReadOnlyLibrary, runs: readonly PretrainRun[]): PretrainOffer['before'] {
  for (const { id, encoder, imageSize } of runs) {
    const progress = readTrace(library, id)?.newest.progress;
    if (progress !== undefined && imageSize !== null) {
      return { imagesPerSecond: progress.imagesPerSecond, encoder, imageSize };
    }
  }
  return null;
}
