import type { Tensor as OrtTensor } from 'onnxruntime-node';
import type { Tensor } from '../../graph/node.ts';

/** Where a program keeps its state between steps. Names and tensors have been checked by the caller. */
export interface StateStore {
  /** The model's inputs that carry the current state. */
  inputs(): Record<string, OrtTensor>;
  /** What `run` is to fetch for the updates: storage of ours, or null for whatever ONNX Runtime allocates. */
  fetches(): Record<string, OrtTensor | null>;
  /** Makes the updates among a run's results the current state; they have been fetched. */
  commit(results: Readonly<Record<string, OrtTensor | null>>): void;
  load(name: string, value: Tensor): Promise<void>;
  /** A copy. */
  read(name: string): Promise<Tensor>;
  dispose(): Promise<void>;
}
