import { createEmbedder, type Embedder } from '../training/embed.ts';
import { applyHead, headOf } from './linearHead.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { Scores } from './metrics.ts';
import type { TrainingTask } from './trainingTask.ts';

export interface ScoresRequest extends Pick<
  TrainingTask,
  'executor' | 'store' | 'encoder' | 'imageSize' | 'signal'
> {
  readonly weights: Tensors;
}

/** Logits of whole images in inference mode, row i of slot `slots[i]`. */
export async function classifierScores(request: ScoresRequest, slots: readonly number[]): Promise<Scores> {
  const embedder = await createEmbedder(request);
  try {
    return await scoresWith(embedder, request.weights, slots, request.signal);
  } finally {
    await embedder.dispose();
  }
}

/** The same with an encoder that is compiled already. */
export async function scoresWith(
  embedder: Embedder,
  weights: Tensors,
  slots: readonly number[],
  signal?: AbortSignal,
): Promise<Scores> {
  await embedder.load(weights);
  return applyHead(headOf(weights), await embedder.embed(slots, signal));
}
