import { genoiseError } from '../../shared/errors.ts';
import { resnet } from '../nn/resnet.ts';
import { createEmbedder } from '../training/embed.ts';
import { applyHead, headOf } from './linearHead.ts';
import { evaluateScores } from './metrics.ts';
import type { Evaluation } from '../../shared/evaluation.ts';
import type { LabelledSlots } from '../../shared/trainingEvents.ts';
import type { Executor, Tensors } from '../engine/execute/executor.ts';
import type { PixelStore } from '../importer/pixelStore.ts';
import type { EncoderDescription } from '../nn/encoder.ts';

export interface EvaluateClassifierRequest {
  readonly executor: Executor;
  readonly store: PixelStore;
  readonly encoder: EncoderDescription;
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

/** Images between two reports. */
const portion = 512;

/**
 * Measures a classifier on labelled images of a pixel store: whole images, inference mode.
 * @throws no-held-out-labels without any; the signal's reason when aborted, between two batches
 */
export async function evaluateClassifier(request: EvaluateClassifierRequest): Promise<Evaluation> {
  const { labelled, classes, weights, signal, onProgress } = request;
  const { slots } = labelled;
  if (slots.length === 0) throw genoiseError('no-held-out-labels', {});
  const head = headOf(weights);
  const logits = new Float64Array(slots.length * classes.length);
  const embedder = await createEmbedder({ ...request, encoder: resnet(request.encoder) });
  try {
    for (let start = 0; start < slots.length; start += portion) {
      const features = await embedder.embed(slots.slice(start, start + portion), signal);
      logits.set(Float64Array.from(applyHead(head, features).data), start * classes.length);
      onProgress?.(start + features.count, slots.length);
    }
  } finally {
    await embedder.dispose();
  }
  const scores = { data: logits, count: slots.length, classCount: classes.length };
  return evaluateScores(scores, labelled.classes, classes);
}
