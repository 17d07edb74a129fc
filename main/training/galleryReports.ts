import { createEncoder } from '../nn/createEncoder.ts';
import { createEmbedder, type Embedder } from './embed.ts';
import { nearestRows } from './knn.ts';
import { readEncoder } from './readEncoder.ts';
import type { Gallery, NeighbourRow } from '../../shared/trainingEvents.ts';
import type { Features } from './knn.ts';
import type { TrainingRun } from './trainingRun.ts';

/** Shows what looks alike to the encoder so far, where the job has a gallery. */
export interface GalleryReports {
  /** @param step steps done */
  showIfDue(step: number): Promise<void>;
  dispose(): Promise<void>;
}

/** At most this share of the time goes into it. */
const timeShare = 0.04;
const secondsBetween = 5;

export function createGalleryReports(run: TrainingRun): GalleryReports {
  const { job, plan, report, signal, now } = run;
  const { gallery } = job;
  let embedder: Embedder | null = null;
  let dueAt = -Infinity;

  const embed = async (slots: readonly number[]): Promise<Features> => {
    const weights = await readEncoder(run);
    if (embedder) await embedder.load(weights);
    else
      embedder = await createEmbedder({
        ...run,
        encoder: createEncoder(plan.encoder),
        imageSize: plan.imageSize,
        weights,
      });
    return embedder.embed(slots, signal);
  };

  return {
    showIfDue: async (step) => {
      if (!gallery || gallery.queries === 0 || signal.aborted) return;
      const begin = now();
      if (begin < dueAt && step < plan.totalSteps) return;
      try {
        const rows = neighbourRows(gallery, await embed(gallery.slots));
        const epoch = Math.ceil(step / plan.stepsPerEpoch);
        await report({ kind: 'neighbours', epoch, step, rows });
      } catch (error) {
        // The run itself sees that it shall stop, and saves.
        if (!signal.aborted) throw error;
      }
      dueAt = now() + Math.max(secondsBetween * 1000, (now() - begin) / timeShare);
    },
    dispose: async () => embedder?.dispose(),
  };
}

function neighbourRows({ images, queries, k }: Gallery, features: Features): NeighbourRow[] {
  return nearestRows(features, queries, k).map((found, query) => ({
    query: images[query],
    neighbours: found.map(({ index, cosine }) => ({ image: images[index], cosine })),
  }));
}
