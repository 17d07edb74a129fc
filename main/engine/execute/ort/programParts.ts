import type { InferenceSession } from 'onnxruntime-node';
import type { Graph } from '../../graph/graph.ts';
import type { LoweredModel } from '../../lower/lowering.ts';
import type { Tensors } from '../executor.ts';
import { createSerial } from '../serial.ts';
import { createCpuState } from './cpuState.ts';
import { createGpuState } from './gpuState.ts';
import { openSession } from './session.ts';
import type { OrtOptions } from './sessionOptions.ts';
import type { StateStore } from './stateStore.ts';
import { checkFirstState, stateTypes, type StateType } from './stateTypes.ts';

/** What a program on ONNX Runtime works with. */
export interface ProgramParts<Model extends LoweredModel = LoweredModel> {
  readonly graph: Graph;
  readonly lowered: Model;
  readonly session: InferenceSession;
  readonly store: StateStore;
  readonly types: ReadonlyMap<string, StateType>;
}

/**
 * Opens the session of a graph and puts its first state in place.
 * Errors: a state that is missing or of another type; a graph that the device cannot run.
 */
export async function openParts<Model extends LoweredModel>(
  graph: Graph,
  given: Tensors,
  options: OrtOptions,
  lower: (graph: Graph) => Promise<Model>,
): Promise<ProgramParts<Model>> {
  const types = stateTypes(graph);
  checkFirstState(graph, types, given);
  const lowered = await lower(graph);
  const session = await openSession(lowered, options);
  const store = options.device === 'webgpu' ? createGpuState(lowered, types) : createCpuState(lowered, types);
  try {
    for (const name of types.keys()) if (given[name]) await store.load(name, given[name]);
  } catch (error) {
    await store.dispose();
    await session.release();
    throw error;
  }
  return { graph, lowered, session, store, types };
}

/** A program's calls, done one after the other until it is disposed. */
export interface Calls {
  /** Errors: the program was disposed. */
  readonly whileAlive: <T>(task: () => Promise<T>) => Promise<T>;
  /** Frees session and state. */
  readonly dispose: () => Promise<void>;
}

export function createCalls({ session, store }: Pick<ProgramParts, 'session' | 'store'>): Calls {
  const serial = createSerial();
  let disposed = false;
  return {
    whileAlive: (task) =>
      serial(() => {
        if (disposed) throw new Error('the program was disposed');
        return task();
      }),
    dispose: () =>
      serial(async () => {
        if (disposed) return;
        disposed = true;
        await store.dispose();
        await session.release();
      }),
  };
}
