import type { LeafOp } from '../../graph/shapeRules.ts';
import type { NumericArray, Op, OpAttributes, Tensor } from '../../graph/node.ts';

/**
 * An op computed from its definition, without care for speed.
 * @param inputs the operands' values; never written to
 * @param shape the result's shape, named dimensions resolved
 * @returns the result's values, row-major: a Float64Array for float32 results, else the dtype's own array
 */
export type ReferenceKernel<O extends Op> = (
  inputs: readonly Tensor[],
  attributes: OpAttributes[O],
  shape: readonly number[],
) => NumericArray;

/** A row for every op that computes something. */
export type ReferenceKernels = { readonly [O in Exclude<Op, LeafOp>]: ReferenceKernel<O> };

/** The rows of one file of kernels. */
export type KernelRows<O extends keyof ReferenceKernels> = Pick<ReferenceKernels, O>;
