import './noTelemetry.ts';
import { InferenceSession } from 'onnxruntime-node';
import type { LoweredModel } from '../../lower/lowering.ts';
import { sessionOptions, type OrtOptions } from './sessionOptions.ts';

/** A session of a model; on WebGPU its updates stay in the GPU's memory. Errors: the device cannot run the model. */
export async function openSession(lowered: LoweredModel, options: OrtOptions): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(lowered.model, {
      ...sessionOptions(options, lowered),
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
