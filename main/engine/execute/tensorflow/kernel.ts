import type { LeafOp } from '../../graph/shapeRules.ts';
import type { Op, OpAttributes } from '../../graph/node.ts';
import type { TfTensor } from './tensorFlow.ts';

/**
 * An op in terms of TensorFlow.js's. What it makes on the way is freed by the caller.
 * @param inputs the operands; uint8 ones are int32 here, as TensorFlow.js has no bytes
 * @param shape the result's shape, named dimensions resolved
 * @returns a tensor of its own: never an operand itself, which the caller may free
 */
export type TensorFlowKernel<O extends Op> = (
  inputs: readonly TfTensor[],
  attributes: OpAttributes[O],
  shape: readonly number[],
) => TfTensor;

/** A row for every op that computes something. */
export type TensorFlowKernels = { readonly [O in Exclude<Op, LeafOp>]: TensorFlowKernel<O> };

/** The rows of one file of kernels. */
export type KernelRows<O extends keyof TensorFlowKernels> = Pick<TensorFlowKernels, O>;
