import type { Graph } from '../../graph/graph.ts';
import { isOp } from '../../graph/graph.ts';
import { formatShape } from '../../graph/shape.ts';
import type { Node, Op, Tensor } from '../../graph/node.ts';
import { resolveShape, type DimSizes } from '../bindDims.ts';
import type { TensorFlowKernel, TensorFlowKernels } from './kernel.ts';
import type { Turn } from './plan.ts';
import type { TensorFlow, TfTensor } from './tensorFlow.ts';
import { toTensorFlow } from './transfer.ts';

export type NamedTensors = Record<string, TfTensor>;

export interface Evaluation {
  readonly graph: Graph;
  readonly turns: readonly Turn[];
  readonly kernels: TensorFlowKernels;
  readonly constants: ReadonlyMap<Node, TfTensor>;
  readonly state: ReadonlyMap<string, TfTensor>;
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly sizes: DimSizes;
}

/**
 * Computes a graph once; each value is freed after its last use.
 * @returns outputs and updates, which are the caller's to free, also where several are one value
 * Errors: what a kernel says, with the op and its operands. Nothing is left behind then.
 */
export function evaluate(
  tf: TensorFlow,
  evaluation: Evaluation,
): { outputs: NamedTensors; updates: NamedTensors } {
  return tf.tidy(() => {
    const values = new Map<Node, TfTensor>();
    for (const { node, finished } of evaluation.turns) {
      values.set(node, valueOf(tf, node, values, evaluation));
      for (const used of finished) found(used, values).dispose();
    }
    const copies = (roots: Readonly<Record<string, Node>>): NamedTensors =>
      Object.fromEntries(Object.entries(roots).map(([name, node]) => [name, tf.clone(found(node, values))]));
    return { outputs: copies(evaluation.graph.outputs), updates: copies(evaluation.graph.updates) };
  });
}

function valueOf(
  tf: TensorFlow,
  node: Node,
  values: ReadonlyMap<Node, TfTensor>,
  { constants, state, feeds, kernels, sizes }: Evaluation,
): TfTensor {
  if (isOp(node, 'feed')) return toTensorFlow(tf, feeds[node.attributes.name]);
  if (isOp(node, 'state')) return found(node.attributes.name, state);
  if (isOp(node, 'constant')) return found(node, constants);
  const inputs = node.inputs.map((input) => found(input, values));
  const kernel = kernels[node.op as keyof TensorFlowKernels] as TensorFlowKernel<Op>;
  try {
    return tf.tidy(() => kernel(inputs, node.attributes, resolveShape(node.shape, sizes)));
  } catch (error) {
    const operands = inputs.map(({ dtype, shape }) => `${dtype} ${formatShape(shape)}`).join(', ');
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${node.op}(${operands}): ${message}`, { cause: error });
  }
}

function found<K extends string | Node>(key: K, values: ReadonlyMap<K, TfTensor>): TfTensor {
  const value = values.get(key);
  if (!value) throw new Error(`${typeof key === 'string' ? `state "${key}"` : key.op} was not computed`);
  return value;
}
