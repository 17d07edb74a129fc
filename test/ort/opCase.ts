import { randomTensor } from '../helpers/tensors.ts';
import type { Node, Shape, Tensor } from '../../main/engine/graph/node.ts';

/** What ONNX Runtime has to compute as the reference executor does. */
export interface OpCase {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  /** The shapes that the feeds are declared with, where some of their dimensions are named. */
  readonly declared?: readonly Shape[];
  readonly build: (nodes: readonly Node[]) => Node;
  /** Why it cannot run on WebGPU alone. */
  readonly cpuOnly?: string;
}

/** Inputs of these shapes, each its own. */
export function random(name: string, shapes: readonly (readonly number[])[], build: OpCase['build']): OpCase {
  return { name, inputs: shapes.map((shape, i) => randomTensor(shape, i + 1)), build };
}

export function given(name: string, inputs: readonly Tensor[], build: OpCase['build']): OpCase {
  return { name, inputs, build };
}
