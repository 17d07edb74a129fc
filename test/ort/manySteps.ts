import { tensorHashes } from '../../main/training/safetensors.ts';
import { integers, tensor } from '../helpers/tensors.ts';
import { valuesOf } from '../helpers/valuesOf.ts';
import { storyGraph, storyState } from './stateStory.ts';
import { tinyNetworkFeeds, tinyNetworkState, tinyTrainingGraph } from './tinyNetwork.ts';
import type { StepProgram, Tensors } from '../../main/engine/execute/executor.ts';
import type { Graph } from '../../main/engine/graph/graph.ts';

/** Prepares a graph for many steps in a row. */
export type CompileSteps = (graph: Graph, state: Tensors) => Promise<StepProgram>;

export interface ManySteps {
  /** Of each step, in order. */
  readonly outputs: readonly Readonly<Record<string, readonly number[]>>[];
  /** Now and then on the way. */
  readonly states: readonly Readonly<Record<string, string>>[];
}

/** Steps of the tiny network; the state is read after each third, between two readings of the outputs. */
export async function trainManySteps(compile: CompileSteps, count = 7): Promise<ManySteps> {
  const program = await compile(tinyTrainingGraph(), tinyNetworkState());
  return takeSteps(program, count, tinyNetworkFeeds);
}

/** States of every type and rank, such as are only read or only written. */
export async function storyOfManySteps(compile: CompileSteps): Promise<ManySteps> {
  const program = await compile(storyGraph(), storyState);
  const known = await program.step({ next: integers([5]) });
  await program.load({ a: tensor([1], [100]), factor: tensor([1], [2]) });
  return takeSteps(program, 7, (step) => ({ next: integers([step]) }), known);
}

async function takeSteps(
  program: StepProgram,
  count: number,
  feeds: (step: number) => Tensors,
  known: readonly Tensors[] = [],
): Promise<ManySteps> {
  const outputs = [...known];
  const states: Record<string, string>[] = [];
  for (let step = 0; step < count; step++) {
    outputs.push(...(await program.step(feeds(step))));
    if (step % 3 === 2) states.push({ ...tensorHashes(await program.read()) });
  }
  outputs.push(...(await program.flush()));
  await program.dispose();
  return { outputs: outputs.map(valuesOf), states };
}
