import { channelKernels } from './channelKernels.ts';
import { elementwiseKernels } from './elementwiseKernels.ts';
import { movementKernels } from './movementKernels.ts';
import { poolingKernels } from './poolingKernels.ts';
import { productKernels } from './productKernels.ts';
import { reductionKernels } from './reductionKernels.ts';
import type { TensorFlowKernels } from './kernel.ts';
import type { TensorFlow } from './tensorFlow.ts';

/** Every op in terms of TensorFlow.js's. */
export function tensorFlowKernels(tf: TensorFlow): TensorFlowKernels {
  return {
    ...elementwiseKernels(tf),
    ...reductionKernels(tf),
    ...movementKernels(tf),
    ...productKernels(tf),
    ...poolingKernels(tf),
    ...channelKernels(tf),
  };
}
