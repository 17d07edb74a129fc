/** What a queue tells: how many actions wait or are under way, and why it stands still, if it does. */
export interface QueueState {
  readonly waiting: number;
  readonly error: unknown;
}

export interface ActionQueue {
  /** Adds an action; it begins when all before it are done. */
  push(work: () => Promise<void>): void;
  /** Goes on with the action that failed. */
  retry(): void;
  /** Gives up the action that failed and all behind it. */
  drop(): void;
}

/**
 * Does what keys ask for one after the other, in the order of the keys, however fast they come. Where one fails the
 * queue stands still and keeps it and all behind it, until somebody says whether to try again.
 */
export function actionQueue(onChange: (state: QueueState) => void): ActionQueue {
  let waiting: (() => Promise<void>)[] = [];
  let isRunning = false;
  let error: unknown = null;

  const tell = (): void => onChange({ waiting: waiting.length, error });

  async function work(): Promise<void> {
    if (isRunning || error !== null) return;
    isRunning = true;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      try {
        await next();
        waiting.shift();
        tell();
      } catch (thrown) {
        error = thrown;
        break;
      }
    }
    isRunning = false;
    tell();
  }

  return {
    push(action) {
      waiting.push(action);
      tell();
      void work();
    },
    retry() {
      error = null;
      tell();
      void work();
    },
    drop() {
      waiting = [];
      error = null;
      tell();
    },
  };
}
