import type { Graph } from '../graph/graph.ts';
import type { Executor, Program, StepProgram, Tensors } from './executor.ts';

/** Prepares a graph for many steps in a row, in whatever way the executor does that best. Errors: as `compile`. */
export async function compileSteps(executor: Executor, graph: Graph, state: Tensors): Promise<StepProgram> {
  if (executor.compileSteps) return executor.compileSteps(graph, state);
  return promptly(await executor.compile(graph, state));
}

/** Each step's outputs are known when it ends. */
export function promptly(program: Program): StepProgram {
  return {
    load: (state) => program.load(state),
    step: async (feeds) => [await program.step(feeds)],
    flush: async () => [],
    read: (names) => program.read(names),
    dispose: () => program.dispose(),
  };
}
