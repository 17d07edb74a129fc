import { channelKernels } from './channelKernels.ts';
import { elementwiseKernels } from './elementwiseKernels.ts';
import { movementKernels } from './movementKernels.ts';
import { poolingKernels } from './poolingKernels.ts';
import { productKernels } from './productKernels.ts';
import { reductionKernels } from './reductionKernels.ts';
import type { ReferenceKernels } from './kernel.ts';

/** Every op computed from its definition: what the other executors are tested against. */
export const referenceKernels: ReferenceKernels = {
  ...elementwiseKernels,
  ...reductionKernels,
  ...movementKernels,
  ...productKernels,
  ...poolingKernels,
  ...channelKernels,
};
