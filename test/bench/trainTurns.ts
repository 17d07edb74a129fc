/** How many steps a side takes in its turn. */
export interface TurnRequest {
  /** Steps before the clock starts: what was read ahead during the other side's turn is used up in them. */
  readonly uncounted: number;
  /** Steps that are timed together; at least 1. */
  readonly steps: number;
}

/** Cuts a training that knows nothing of it into turns. */
export interface TrainTurns {
  /** Milliseconds, without those of the rests between turns. */
  now(): number;
  /** Waits for the first turn. */
  begin(): Promise<void>;
  /** After each step: ends the turn with its last one, and waits for the next turn. */
  stepDone(): Promise<void>;
}

/**
 * @param rest told the seconds of the turn that has ended (null before the first): gives the next turn, when it is time
 *   for it, or null when there is none: from then on nothing is timed
 */
export function createTrainTurns(
  rest: (seconds: number | null) => Promise<TurnRequest | null>,
  clock: () => number = () => performance.now(),
): TrainTurns {
  let rested = 0;
  let done = 0;
  let start = 0;
  let turn: TurnRequest | null = null;
  const now = (): number => clock() - rested;
  const restUntilNext = async (seconds: number | null): Promise<void> => {
    const from = clock();
    turn = await rest(seconds);
    rested += clock() - from;
    done = 0;
    start = now();
  };
  return {
    now,
    begin: () => restUntilNext(null),
    stepDone: async () => {
      if (turn === null) return;
      done++;
      if (done === turn.uncounted) start = now();
      if (done === turn.uncounted + turn.steps) await restUntilNext((now() - start) / 1000);
    },
  };
}
