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
  /** As `compile`, where it is faster not to wait for each step's outputs. Used through `compileSteps`. */
  compileSteps?(graph: Graph, state: Tensors): Promise<StepProgram>;
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
   * Errors: a feed that is missing, unknown or of another shape or dtype; the state is as before then. What fails in
   * the middle of a step (no memory left) leaves a state that nobody should go on from.
   */
  step(feeds: Tensors): Promise<Tensors>;
  /** Copies of the named state tensors, all of them where no names are given. */
  read(names?: readonly string[]): Promise<Tensors>;
  /** Frees the device. The program cannot be used afterwards. */
  dispose(): Promise<void>;
}

/**
 * A program for many steps in a row, none of which has to wait until the outputs of the one before have come back from
 * the device. Outputs come late but in order, and none is lost: after `flush` all are known.
 */
export interface StepProgram extends Pick<Program, 'load' | 'read' | 'dispose'> {
  /** Runs the graph once. Returns the outputs that have become known since the last call, of the oldest step first. */
  step(feeds: Tensors): Promise<readonly Tensors[]>;
  /** Returns the outputs of all steps whose outputs have not been returned yet. */
  flush(): Promise<readonly Tensors[]>;
}
