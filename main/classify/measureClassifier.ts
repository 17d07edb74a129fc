import { genoiseError } from '../../shared/errors.ts';
import { embedInPortions } from './embedInPortions.ts';
import { applyHead, headOf } from './linearHead.ts';
import { measureScores, type Measured } from './metrics.ts';
import type { LabelledSlots } from '../../shared/trainingEvents.ts';
import type { Executor, Tensors } from '../engine/execute/executor.ts';
import type { PixelStore } from '../importer/pixelStore.ts';
import type { Encoder } from '../nn/encoder.ts';

export interface MeasureClassifierRequest {
  readonly executor: Executor;
  readonly store: PixelStore;
  readonly encoder: Encoder;
  readonly imageSize: number;
  /** `encoder.…` and `classifier.…`. */
  readonly weights: Tensors;
  /** In the order of the classifier's outputs. */
  readonly classes: readonly string[];
  readonly labelled: LabelledSlots;
  readonly signal?: AbortSignal | undefined;
  /** Images answered so far. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Measures a classifier on labelled images of a pixel store: whole images, inference mode.
 * @throws no-held-out-labels without any; the signal's reason when aborted, between two batches
 */
export async function measureClassifier(request: MeasureClassifierRequest): Promise<Measured> {
  const { labelled, classes, weights, signal, onProgress } = request;
  const { slots } = labelled;
  if (slots.length === 0) throw genoiseError('no-held-out-labels', {});
  const features = await embedInPortions(request, slots, signal, (done, total) => onProgress?.(done, total));
  return measureScores(applyHead(headOf(weights), features), labelled.classes, classes);
}
