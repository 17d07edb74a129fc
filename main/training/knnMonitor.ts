import { createEmbedder, type Embedder, type EmbedderOptions } from './embed.ts';
import { knnAccuracy } from './knn.ts';
import type { LabelledSlots } from '../../shared/trainingEvents.ts';
import type { Tensors } from '../engine/execute/executor.ts';

/** Watches how well the features tell the classes of labelled images apart. */
export interface KnnMonitor {
  /** Leave-one-out kNN accuracy, 0 … 1; null without labels, or when interrupted. */
  measure(weights: Tensors, signal: AbortSignal): Promise<number | null>;
  dispose(): Promise<void>;
}

/** Of the published evaluations. */
const mostNeighbours = 20;
/** More labelled images than this add time, not insight. */
const mostImages = 2000;

export function createKnnMonitor(
  labelled: LabelledSlots,
  options: Omit<EmbedderOptions, 'weights'>,
): KnnMonitor {
  const { slots, classes } = evenly(labelled);
  const k = neighbours(classes);
  let embedder: Embedder | null = null;
  return {
    measure: async (weights, signal) => {
      if (slots.length < 2) return null;
      if (embedder) await embedder.load(weights);
      else embedder = await createEmbedder({ ...options, weights });
      try {
        return knnAccuracy(await embedder.embed(slots, signal), classes, { k });
      } catch (error) {
        if (signal.aborted) return null;
        throw error;
      }
    },
    dispose: async () => embedder?.dispose(),
  };
}

/** At most `mostImages` of them, at even distances. */
function evenly({ slots, classes }: LabelledSlots): LabelledSlots {
  const count = Math.min(mostImages, slots.length);
  const chosen = Array.from({ length: count }, (_, i) => Math.floor((i * slots.length) / count));
  return { slots: chosen.map((i) => slots[i]), classes: chosen.map((i) => classes[i]) };
}

/** At most as many as an image has companions of its class: more would always outvote them when labels are few. */
function neighbours(classes: readonly number[]): number {
  const groups = [...Map.groupBy(classes, (label) => label).values()];
  return Math.max(1, Math.min(mostNeighbours, ...groups.map((members) => members.length - 1)));
}
