import type { Node, Op, Shape } from '../../graph/node.ts';
import type { OnnxEmitter } from '../onnx/emitter.ts';

/** What a lowering rule works with. Values of the model are known by name. */
export interface LoweringContext {
  readonly onnx: OnnxEmitter;
  /** The name of a node's value, lowering it if that has not been done: for rules that are written as graph. */
  lower(node: Node): string;
  /** An int64 vector of sizes; named ones are read from the model's inputs when it runs. */
  sizes(shape: Shape): string;
}

/** Emits what computes `node` from its inputs' values and returns the name of the result. */
export type LoweringRule<O extends Op> = (
  node: Node<O>,
  inputs: readonly string[],
  context: LoweringContext,
) => string;
