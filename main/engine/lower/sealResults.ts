import { onnxDataType } from './onnx/dataType.ts';
import { encodeBefore } from './onnx/schema.ts';
import type { LoweredModel } from './lowering.ts';

/** A model whose results are written into storage that `run` is given, and not returned. */
export interface SealedModel extends LoweredModel {
  /** The output that comes first: an empty sequence. */
  readonly seal: string;
}

const seal = 'results:seal';

/**
 * Gives a model an empty sequence as its first output. ONNX Runtime's binding for Node (1.30) copies all results into
 * new memory, in the models' order, also those for which it was given storage; at a sequence it ends with an error, when
 * that storage is filled. For a training step the copies are the whole state: a sixth of the step of a ResNet-50,
 * and as much memory as its weights and momentum take.
 */
export function sealResults(lowered: LoweredModel): SealedModel {
  const elemType = { tensorType: { elemType: onnxDataType.float32 } };
  const model = encodeBefore(lowered.model, {
    node: [{ name: seal, opType: 'SequenceEmpty', input: [], output: [seal], attribute: [], domain: '' }],
    output: [{ name: seal, type: { sequenceType: { elemType } } }],
  });
  return { ...lowered, model, seal };
}
