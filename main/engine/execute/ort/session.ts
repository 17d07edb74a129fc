import './noTelemetry.ts';
import { InferenceSession } from 'onnxruntime-node';
import type { LoweredModel } from '../../lower/lowering.ts';
import type { Tensors } from '../executor.ts';
import { sessionOptions, type OrtOptions } from './sessionOptions.ts';
import type { StateStore } from './stateStore.ts';
import type { StateType } from './stateTypes.ts';

/** A session of a model; on WebGPU its updates stay in the GPU's memory. Errors: the device cannot run the model. */
export async function openSession(lowered: LoweredModel, options: OrtOptions): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(lowered.model, {
      ...sessionOptions(options),
      ...(lowered.isFinished === true ? { graphOptimizationLevel: 'disabled' } : {}),
      ...(options.device === 'webgpu' ? { preferredOutputLocation: locations(lowered) } : {}),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${options.device} cannot run this graph: ${reason}`, { cause: error });
  }
}

function locations({ outputs, updates }: LoweredModel): Record<string, 'cpu' | 'gpu-buffer'> {
  return Object.fromEntries([
    ...[...outputs.values()].map(({ name }) => [name, 'cpu'] as const),
    ...[...updates.values()].map(({ name }) => [name, 'gpu-buffer'] as const),
  ]);
}

/** Puts the first values of a program's state in place. Where that fails, store and session are closed. */
export async function loadFirst(
  store: StateStore,
  types: ReadonlyMap<string, StateType>,
  given: Tensors,
  session: InferenceSession,
): Promise<void> {
  try {
    for (const name of types.keys()) if (given[name]) await store.load(name, given[name]);
  } catch (error) {
    await store.dispose();
    await session.release();
    throw error;
  }
}
