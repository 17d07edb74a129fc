import type { DType, NumericArray, Shape } from '../graph/node.ts';
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
  /** Updated states whose new value may be written over the old one. */
  readonly inPlace: ReadonlySet<string>;
  /** How the model wants the elements of those states ordered that it does not want row-major. */
  readonly orders?: ReadonlyMap<string, ElementOrder>;
  /** Whether the runtime's own passes would find nothing to gain in the model: on a large one they take seconds. */
  readonly isFinished?: boolean;
}

/** An order of a tensor's elements in memory other than row-major. Its number of elements is the same. */
export interface ElementOrder {
  fromRowMajor(data: NumericArray): NumericArray;
  toRowMajor(data: Float32Array): Float32Array;
}

/** `name` in the model, type in the graph. */
export interface ModelValue {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

/**
 * A way to write a graph as ONNX. There is one for every device (`portable/`); another may use what one device
 * is fast at, its own order of the states' elements in memory included (`orders`); feeds and outputs keep theirs.
 */
export type Lowering = (graph: Graph) => LoweredModel;
