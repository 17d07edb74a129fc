import type { Pace } from '../../shared/jobs.ts';

/** The worker's side of `JobControl`: what the application asked last. */
export interface WorkerPace extends Pace {
  pause(): void;
  resume(): void;
  finish(): void;
}

/** @param onRest called each time the job has come to rest */
export function createPace(signal: AbortSignal, onRest: () => void): WorkerPace {
  let [pausing, finishing, resting] = [false, false, false];
  let goOn: () => void = () => undefined;
  const shallRest = (): boolean => pausing && !finishing && !signal.aborted;
  return {
    get pausing() {
      return shallRest();
    },
    get finishing() {
      return finishing;
    },
    async rest() {
      while (shallRest()) {
        const { promise, resolve } = Promise.withResolvers<void>();
        goOn = resolve;
        signal.addEventListener('abort', goOn, { once: true });
        resting = true;
        onRest();
        await promise;
        resting = false;
        signal.removeEventListener('abort', goOn);
      }
    },
    pause: () => {
      // Asked once more while it rests: whoever asked is answered too.
      if (resting) onRest();
      pausing = true;
    },
    resume: () => {
      pausing = false;
      goOn();
    },
    finish: () => {
      finishing = true;
      goOn();
    },
  };
}
