import type { Graph } from '../graph/graph.ts';
import type { Tensor } from '../graph/node.ts';

export type Tensors = Readonly<Record<string, Tensor>>;

/** Something that can run graphs: ONNX Runtime on a device, or the slow reference. */
export interface Executor {
  /** For messages: "reference", "cpu", "webgpu". */
  readonly name: string;
  /**
   * Prepares a graph. `state` gives the first value of every state tensor that the graph reads.
   * Errors: a state tensor that is missing or of another shape; a graph that the device cannot run.
   */
  compile(graph: Graph, state: Tensors): Promise<Program>;
}

/**
 * A graph ready to run, and the owner of its state: parameters, optimizer slots, momentum encoders and queues
 * live in here, in the executor's own layout and on its device, and leave only through `read`.
 */
export interface Program {
  /** Replaces state tensors by name; those not named stay. Errors on an unknown name or another shape. */
  load(state: Tensors): Promise<void>;
  /**
   * Runs the graph once: replaces the state by the graph's updates, returns its outputs.
   * All updates are computed from the state before the step. The returned tensors are the caller's to keep.
   * Errors: a feed that is missing, unknown or of another shape or dtype. After an error the state is as before.
   */
  step(feeds: Tensors): Promise<Tensors>;
  /** Copies of the named state tensors, all of them where no names are given. */
  read(names?: readonly string[]): Promise<Tensors>;
  /** Frees the device. The program cannot be used afterwards. */
  dispose(): Promise<void>;
}
