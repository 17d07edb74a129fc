import type { Monitors } from '../../shared/trainingEvents.ts';

/** Means of the monitors over some steps. */
export interface MonitorMeans {
  add(monitors: Monitors): void;
  readonly count: number;
  /** The means so far; starts anew. */
  take(): Monitors;
}

const names = ['loss', 'spread', 'positiveCosine', 'negativeCosine'] as const;

export function createMonitorMeans(): MonitorMeans {
  let sums: Record<(typeof names)[number], number> = zeros();
  let count = 0;
  return {
    add: (monitors) => {
      for (const name of names) sums[name] += monitors[name];
      count++;
    },
    get count() {
      return count;
    },
    take: () => {
      const means = { ...sums };
      for (const name of names) means[name] /= count;
      sums = zeros();
      count = 0;
      return means;
    },
  };
}

function zeros(): Record<(typeof names)[number], number> {
  return { loss: 0, spread: 0, positiveCosine: 0, negativeCosine: 0 };
}
