import './noTelemetry.ts';
import { InferenceSession } from 'onnxruntime-node';
import { graphStates, isOp, type Graph } from '../../graph/graph.ts';
import { staticShape } from '../../graph/shape.ts';
import type { LoweredModel } from '../../lower/lowering.ts';
import { lowerPortable } from '../../lower/portable/lowerPortable.ts';
import type { Executor, Program, Tensors } from '../executor.ts';
import { checkTensor } from '../checkTensors.ts';
import { createCpuState, type StateType } from './cpuState.ts';
import { createGpuState } from './gpuState.ts';
import { createProgram } from './ortProgram.ts';
import { sessionOptions, type OrtOptions } from './sessionOptions.ts';
import type { StateStore } from './stateStore.ts';

/**
 * Runs graphs on ONNX Runtime. On `webgpu` the state stays in the GPU's memory and, unless allowed, no part of a
 * graph runs on the CPU. `compile` ignores values for states that the graph does not have; states that are only
 * written start as zeros.
 */
export function ortExecutor(options: OrtOptions): Executor {
  return { name: options.device, compile: (graph, state) => compile(graph, state, options) };
}

async function compile(graph: Graph, given: Tensors, options: OrtOptions): Promise<Program> {
  const types = stateTypes(graph);
  checkFirstState(graph, types, given);
  const lowered = (options.lowering ?? lowerPortable)(graph);
  const session = await createSession(lowered, options);
  const store = options.device === 'cpu' ? createCpuState(lowered, types) : createGpuState(lowered, types);
  await loadFirst(store, types, given, session);
  return createProgram({ graph, lowered, session, store, types });
}

async function createSession(lowered: LoweredModel, options: OrtOptions): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(lowered.model, {
      ...sessionOptions(options),
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

async function loadFirst(
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

function stateTypes(graph: Graph): Map<string, StateType> {
  return new Map(
    [...graphStates(graph)].map(([name, { dtype, shape }]) => [name, { dtype, shape: staticShape(shape) }]),
  );
}

function checkFirstState(graph: Graph, types: ReadonlyMap<string, StateType>, given: Tensors): void {
  for (const [name, node] of graphStates(graph)) {
    const type = types.get(name);
    if (!given[name] && isOp(node, 'state')) throw new Error(`state "${name}" is missing`);
    if (given[name] && type) checkTensor(`state "${name}"`, given[name], type.dtype, type.shape);
  }
}
