import type { StepProgram, Tensors } from '../engine/execute/executor.ts';

/** Steps that are run for nothing, the first of them not timed: it also prepares. */
const mostTrialSteps = 8;
const trialSeconds = 10;
/** For epochs' ends and checkpoints. */
const stepsShare = 0.95;

export interface Trial {
  readonly program: StepProgram;
  /** The feeds of step i, made anew each time, as training does. */
  readonly feeds: (step: number) => Promise<Tensors>;
  /** What the program's state is put back to. */
  readonly state: Tensors;
  readonly now: () => number;
}

/**
 * How many steps fit into a time, from a short trial. Its steps leave no trace in the state.
 * @param seconds what is left of the time when the trial begins
 * @returns at least 1
 */
export async function stepsInTime(seconds: number, { program, feeds, state, now }: Trial): Promise<number> {
  const begin = now();
  const since = (start: number): number => (now() - start) / 1000;
  const step = async (number: number): Promise<void> => {
    await program.step(await feeds(number));
    // A step that has only been asked for has not taken its time yet.
    await program.flush();
  };
  await step(0);
  const durations: number[] = [];
  while (durations.length < mostTrialSteps && (durations.length < 1 || since(begin) < trialSeconds)) {
    const start = now();
    await step(durations.length + 1);
    durations.push(since(start));
  }
  await program.load(state);
  durations.sort((a, b) => a - b);
  const median = durations[Math.floor(durations.length / 2)];
  return Math.max(1, Math.floor(((seconds - since(begin)) * stepsShare) / median));
}
