import type { MessageToWorker } from '../../shared/jobs.ts';

/** Paces a job that runs in a worker: made by its caller, who keeps it, and given to `runJob`. */
export interface JobControl {
  /** Asks the job to rest. Resolves when it does, everything saved; also when it ends instead. */
  pause(): Promise<void>;
  /** Lets it go on. Resolves at once. */
  resume(): Promise<void>;
  /** Asks it to end early and keep what it has, as if that had been all. */
  finish(): void;
  /** For `runJob`: who passes the messages on. @returns what is to be told of the worker */
  attach(post: (message: MessageToWorker) => void): Attached;
}

interface Attached {
  readonly paused: () => void;
  readonly ended: () => void;
}

/** What was asked before the job began is told to it when it does. */
export function createJobControl(): JobControl {
  let post: ((message: MessageToWorker) => void) | null = null;
  let [pausing, finishing, over] = [false, false, false];
  let waiting: (() => void)[] = [];
  const settle = (): void => {
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  return {
    pause: () => {
      if (over) return Promise.resolve();
      pausing = true;
      const rests = new Promise<void>((resolve) => waiting.push(resolve));
      post?.({ kind: 'pause' });
      return rests;
    },
    resume: () => {
      pausing = false;
      settle();
      post?.({ kind: 'continue' });
      return Promise.resolve();
    },
    finish: () => {
      finishing = true;
      post?.({ kind: 'finish' });
    },
    attach: (to) => {
      post = to;
      if (pausing) to({ kind: 'pause' });
      if (finishing) to({ kind: 'finish' });
      return {
        paused: settle,
        ended: () => {
          [post, over] = [null, true];
          settle();
        },
      };
    },
  };
}
