import { graphFeeds, type Graph } from '../engine/graph/graph.ts';
import { stepScalars } from './stepScalars.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { BatchReader } from './batchReader.ts';
import type { PretrainingPlan } from './plan.ts';
import type { RunStart } from './pretrainSetup.ts';
import type { TrainingRun } from './trainingRun.ts';

/** A step whose outputs are known. */
export interface FinishedStep {
  /** Steps done, this one included. */
  readonly step: number;
  readonly outputs: Tensors;
  /** For how long it waited for its batch; milliseconds. */
  readonly waited: number;
}

/** Runs the steps of a run in their order. */
export interface TrainingSteps {
  /** Runs step number `step` (from 0). @returns the steps of which the outputs have become known, oldest first */
  run(step: number): Promise<readonly FinishedStep[]>;
  /** Those that have been run but not been returned yet: to be asked for before anybody looks at the state. */
  rest(): Promise<readonly FinishedStep[]>;
}

export function createTrainingSteps({
  plan,
  start,
  batches,
  program,
  now,
}: Pick<TrainingRun, 'plan' | 'start' | 'batches' | 'program' | 'now'>): TrainingSteps {
  const feeds = stepFeeds(start, plan, batches);
  const running: Omit<FinishedStep, 'outputs'>[] = [];
  const finished = (known: readonly Tensors[]): FinishedStep[] =>
    running.splice(0, known.length).map((step, i) => ({ ...step, outputs: known[i] }));
  return {
    run: async (step) => {
      const begin = now();
      const given = await feeds(step);
      running.push({ step: step + 1, waited: now() - begin });
      return finished(await program.step(given));
    },
    rest: async () => finished(await program.flush()),
  };
}

/** What each step is fed. */
export function stepFeeds(
  { built, method }: Pick<RunStart, 'built' | 'method'>,
  plan: PretrainingPlan,
  batches: BatchReader,
): (step: number) => Promise<Tensors> {
  return feedsOf(built.graph, async (step) => ({
    ...(await batches.read(step)),
    ...stepScalars(step, plan, method),
  }));
}

/** A method need not read all that a step could be told (indices, constant learning rates). */
function feedsOf(graph: Graph, all: (step: number) => Promise<Tensors>): (step: number) => Promise<Tensors> {
  const names = graphFeeds(graph);
  return async (step) =>
    Object.fromEntries(Object.entries(await all(step)).filter(([name]) => names.has(name)));
}
