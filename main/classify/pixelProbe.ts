import { reshape } from '../engine/graph/ops.ts';
import { embedSlots, type EmbedderOptions } from '../training/embed.ts';
import { checkLabels } from './checkLabels.ts';
import { applyHead } from './linearHead.ts';
import { measureScores } from './metrics.ts';
import { trainProbe } from './probe.ts';
import type { Evaluation } from '../../shared/evaluation.ts';
import type { LabelledSlots } from '../../shared/trainingEvents.ts';
import type { Executor } from '../engine/execute/executor.ts';
import type { PixelStore } from '../importer/pixelStore.ts';
import type { Features } from '../training/knn.ts';

export interface PixelProbeTask {
  readonly executor: Executor;
  readonly store: PixelStore;
  readonly classes: readonly string[];
  readonly labelled: LabelledSlots;
  readonly heldOut: LabelledSlots;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** Side of the images whose pixels are the features: larger ones tell a linear classifier nothing more. */
const side = 32;

/** Its features are the 3 · S² values of the whole image. */
const pixels: EmbedderOptions['encoder'] = {
  featureCount: 3 * side * side,
  build: (_, images) => reshape(images, [images.shape[0] ?? 1, 3 * side * side]),
};

/**
 * Logistic regression on the pixels themselves, by the same procedure as the linear probe. An encoder whose probe is
 * no better has not learnt what the classes have in common.
 * @throws no-labels, too-few-classes, more-classes-than-labels; the signal's reason when aborted
 */
export async function pixelProbe(task: PixelProbeTask): Promise<Evaluation> {
  const { executor, classes, labelled, heldOut, seed, signal } = task;
  checkLabels(labelled, classes);
  const { head } = await trainProbe({
    ...{ executor, seed, signal, labels: labelled.classes, classCount: classes.length },
    features: await pixelsOf(task, labelled),
  });
  const scores = applyHead(head, await pixelsOf(task, heldOut));
  return measureScores(scores, heldOut.classes, classes).evaluation;
}

function pixelsOf({ executor, store, signal }: PixelProbeTask, { slots }: LabelledSlots): Promise<Features> {
  return embedSlots({ encoder: pixels, weights: {}, store, imageSize: side, executor }, slots, signal);
}
