/** Measures how fast steps go, over the last ones. */
export interface ProgressMeter {
  /** @param seconds of a whole step, of which `waited` for its batch */
  add(seconds: number, waited: number): void;
  /** Mean over the window; NaN before the first step. */
  readonly stepSeconds: number;
  readonly waitingShare: number;
}

const windowSteps = 50;

export function createProgressMeter(): ProgressMeter {
  const window: { seconds: number; waited: number }[] = [];
  const sum = (of: 'seconds' | 'waited'): number => window.reduce((total, step) => total + step[of], 0);
  return {
    add: (seconds, waited) => {
      window.push({ seconds, waited });
      if (window.length > windowSteps) window.shift();
    },
    get stepSeconds() {
      return sum('seconds') / window.length;
    },
    get waitingShare() {
      const seconds = sum('seconds');
      return seconds > 0 ? sum('waited') / seconds : 0;
    },
  };
}
