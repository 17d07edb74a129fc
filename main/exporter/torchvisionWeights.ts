import { encoderPrefix, torchvisionName } from '../nn/torchvisionNames.ts';
import { encodeSafetensors } from '../training/safetensors.ts';
import { encodeModelInfo, type ModelInfo } from './modelInfo.ts';
import type { Tensors } from '../engine/execute/executor.ts';

/**
 * An encoder's weights as a safetensors file in torchvision's names (`conv1.weight`, `bn1.running_mean`, …), float32,
 * without `fc` and without `num_batches_tracked`: a ResNet of torchvision loads it with `strict=False`, and
 * `training/initialEncoder` reads it.
 * @returns the file in pieces
 */
export function torchvisionWeights(weights: Tensors, info: ModelInfo): Uint8Array[] {
  const named = Object.entries(weights).filter(([name]) => name.startsWith(encoderPrefix));
  return encodeSafetensors({
    tensors: Object.fromEntries(named.map(([name, tensor]) => [torchvisionName(name), tensor])),
    metadata: { format: 'pt', ...encodeModelInfo(info) },
  });
}
