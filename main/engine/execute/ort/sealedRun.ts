import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { SealedModel } from '../../lower/sealResults.ts';

/**
 * Runs a sealed model: its results are in the tensors of `fetches` afterwards.
 * @throws what went wrong within the run
 */
export async function runSealed(
  session: InferenceSession,
  { seal }: SealedModel,
  inputs: Record<string, OrtTensor>,
  fetches: Readonly<Record<string, OrtTensor | null>>,
): Promise<void> {
  try {
    await session.run(inputs, { ...fetches, [seal]: null });
  } catch (error) {
    if (!isSeal(error)) throw error;
  }
}

/** What the binding says of a result that is no tensor; it looks at results only when the run is over. */
function isSeal(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Non tensor type');
}
