import type { DType, Shape } from '../graph/node.ts';
import type { Graph } from '../graph/graph.ts';

/** An ONNX model that computes a graph, and which of its inputs and outputs is what. */
export interface LoweredModel {
  readonly model: Uint8Array;
  /** By the graph's names. */
  readonly feeds: ReadonlyMap<string, ModelValue>;
  /** The states that the graph reads. */
  readonly states: ReadonlyMap<string, ModelValue>;
  readonly outputs: ReadonlyMap<string, ModelValue>;
  /** The states that the graph replaces. */
  readonly updates: ReadonlyMap<string, ModelValue>;
}

/** `name` in the model, type in the graph. */
export interface ModelValue {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

/**
 * A way to write a graph as ONNX. There is one for every device (`portable/`); another may use what one device
 * is fast at, its own order of a tensor's elements in memory included, as long as feeds and outputs keep theirs.
 */
export type Lowering = (graph: Graph) => LoweredModel;
