import { isConv } from '../../lower/cpu/convSizes.ts';
import { loopSteps, type LoopedModel } from '../../lower/loopSteps.ts';
import type { LoweredModel, Lowering } from '../../lower/lowering.ts';
import { lowerPortable } from '../../lower/portable/lowerPortable.ts';
import { sealResults } from '../../lower/sealResults.ts';
import { graphNodes, type Graph } from '../../graph/graph.ts';
import type { Executor, Program, StepProgram, Tensors } from '../executor.ts';
import { cpuLowering } from './cpuLowering.ts';
import { createLoopProgram } from './loopProgram.ts';
import { createProgram } from './ortProgram.ts';
import { openParts } from './programParts.ts';
import { createRingProgram } from './ringProgram.ts';
import type { OrtDevice, OrtOptions } from './sessionOptions.ts';

/** Costs as many batches of memory; more would tell the losses too late. */
const stepsOfLoop = 16;

/**
 * Runs graphs on ONNX Runtime. On `webgpu` the state stays in the GPU's memory and no part of a graph runs on the CPU. `compile` ignores values for states that the graph does not have; states that are only
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
  const lower = async (): Promise<LoopedModel> => loopSteps(await lowered(graph, options), length);
  return createLoopProgram(await openParts(graph, given, options, lower), length);
}

async function compile(graph: Graph, given: Tensors, options: OrtOptions): Promise<Program> {
  const lower = async (): Promise<LoweredModel> => {
    const model = await lowered(graph, options);
    // Without a state to update, the results are what a run is for.
    return options.device === 'cpu' && model.updates.size > 0 ? sealResults(model) : model;
  };
  return createProgram(await openParts(graph, given, options, lower));
}

async function lowered(graph: Graph, { lowering, device }: OrtOptions): Promise<LoweredModel> {
  const lower = lowering ?? (await defaultLowering(device, graph));
  return lower(graph);
}

/** Without convolutions a graph has nothing to put in blocks. */
async function defaultLowering(device: OrtDevice, graph: Graph): Promise<Lowering> {
  return device === 'cpu' && graphNodes(graph).some(isConv) ? cpuLowering() : lowerPortable;
}
