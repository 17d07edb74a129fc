import { elementCount } from '../../main/engine/graph/shape.ts';
import type { ProfiledNode } from './nodesOfProfile.ts';

/** Operators that only call the same bytes by another shape. */
const views: ReadonlySet<string> = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity']);
const products: ReadonlySet<string> = new Set(['MatMul', 'Gemm', 'FusedMatMul', 'FusedGemm']);
const convolutions: ReadonlySet<string> = new Set(['Conv', 'FusedConv']);

/**
 * Which row of the table an operator belongs to. A convolution whose every channel has one weight is what batch
 * normalisation is written as; others are convolutions, of the gradients too.
 */
export function kindOf({ op, inputs }: ProfiledNode): string {
  if (!convolutions.has(op)) return op;
  return weightsOfOutput(inputs) === 1 ? 'Conv, a weight a channel' : 'Conv';
}

/** Multiplications and additions of a convolution or a product of matrices; 0 for all others. */
export function operationsOfNode({ op, inputs, outputs }: ProfiledNode): number {
  const [output = []] = outputs;
  if (convolutions.has(op)) return 2 * elementCount(output) * weightsOfOutput(inputs);
  return products.has(op) ? 2 * elementCount(output) * innerSize(inputs[0], output) : 0;
}

/** Bytes that an operator must read and write: every input and output once. */
export function bytesOfNode({ op, bytes }: ProfiledNode): number {
  return views.has(op) ? 0 : bytes;
}

/** Products of which an output element of a convolution is the sum: weights are [O, C / groups, kh, kw]. */
function weightsOfOutput(inputs: ProfiledNode['inputs']): number {
  return elementCount((inputs[1] ?? []).slice(1));
}

/** K of [M, K] · [K, N]; the first operand may be stored as [K, M], and the output is [M, N]. */
function innerSize(first: readonly number[], output: readonly number[]): number {
  return elementCount(first.slice(-2)) / (output.at(-2) ?? 1);
}
