import { monitorNames } from './monitors.ts';
import type { Monitors } from '../../shared/trainingEvents.ts';

/** Means of the monitors over some steps. */
export interface MonitorMeans {
  add(monitors: Monitors): void;
  readonly count: number;
  /** The means so far; starts anew. */
  take(): Monitors;
}

export function createMonitorMeans(): MonitorMeans {
  let sums = zeros();
  let count = 0;
  return {
    add: (monitors) => {
      for (const name of monitorNames) sums[name] += monitors[name];
      count++;
    },
    get count() {
      return count;
    },
    take: () => {
      const means = { ...sums };
      for (const name of monitorNames) means[name] /= count;
      sums = zeros();
      count = 0;
      return means;
    },
  };
}

function zeros(): Record<keyof Monitors, number> {
  return Object.fromEntries(monitorNames.map((name) => [name, 0])) as Record<keyof Monitors, number>;
}
