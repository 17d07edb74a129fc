import { isConv } from '../../lower/cpu/convSizes.ts';
import { loopSteps } from '../../lower/loopSteps.ts';
import type { Lowering } from '../../lower/lowering.ts';
import { lowerPortable } from '../../lower/portable/lowerPortable.ts';
import { graphNodes, type Graph } from '../../graph/graph.ts';
import type { Executor, Program, StepProgram, Tensors } from '../executor.ts';
import { cpuLowering } from './cpuLowering.ts';
import { createCpuState } from './cpuState.ts';
import { createGpuState } from './gpuState.ts';
import { createLoopProgram } from './loopProgram.ts';
import { createProgram } from './ortProgram.ts';
import { createRingProgram } from './ringProgram.ts';
import { loadFirst, openSession } from './session.ts';
import type { OrtDevice, OrtOptions } from './sessionOptions.ts';
import { checkFirstState, stateTypes } from './stateTypes.ts';

/** Costs as many batches of memory; more would tell the losses too late. */
const stepsOfLoop = 16;

/**
 * Runs graphs on ONNX Runtime. On `webgpu` the state stays in the GPU's memory and, unless allowed, no part of a
 * graph runs on the CPU. `compile` ignores values for states that the graph does not have; states that are only
 * written start as zeros.
 */
export function ortExecutor(options: OrtOptions): Executor {
  const compileGraph = (graph: Graph, state: Tensors): Promise<Program> => compile(graph, state, options);
  return {
    name: options.device,
    compile: compileGraph,
    ...(options.device === 'webgpu' && {
      compileSteps: (graph, state) => createRingProgram(compileGraph, graph, state),
    }),
    ...(options.device === 'cuda' && {
      compileSteps: (graph, state) => compileLoop(graph, state, options, stepsOfLoop),
    }),
  };
}

/**
 * Prepares a graph for runs of `length` steps each, whose state is handed over once a run: for providers that give every
 * result back to the CPU's memory.
 */
export async function compileLoop(
  graph: Graph,
  given: Tensors,
  options: OrtOptions,
  length: number,
): Promise<StepProgram> {
  const types = stateTypes(graph);
  checkFirstState(graph, types, given);
  const lowering = options.lowering ?? (await defaultLowering(options.device, graph));
  const looped = loopSteps(lowering(graph), length);
  const session = await openSession(looped, options);
  const store = createCpuState(looped, types);
  await loadFirst(store, types, given, session);
  return createLoopProgram({ graph, looped, length, session, store, types });
}

async function compile(graph: Graph, given: Tensors, options: OrtOptions): Promise<Program> {
  const types = stateTypes(graph);
  checkFirstState(graph, types, given);
  const lowered = (options.lowering ?? (await defaultLowering(options.device, graph)))(graph);
  const session = await openSession(lowered, options);
  const store = options.device === 'webgpu' ? createGpuState(lowered, types) : createCpuState(lowered, types);
  await loadFirst(store, types, given, session);
  return createProgram({ graph, lowered, session, store, types });
}

/** Without convolutions a graph has nothing to put in blocks. */
async function defaultLowering(device: OrtDevice, graph: Graph): Promise<Lowering> {
  return device === 'cpu' && graphNodes(graph).some(isConv) ? cpuLowering() : lowerPortable;
}
