import { assessHealth, type Health } from './health.ts';
import { createMonitorMeans } from './monitorMeans.ts';
import { rankMe } from './rankMe.ts';
import type { HealthState, Monitors } from '../../shared/trainingEvents.ts';
import type { Tensor } from '../engine/graph/node.ts';
import type { PretrainingPlan } from './plan.ts';

/** Judges a running training every few steps. */
export interface HealthWatch {
  /**
   * @param gram of `gramNode`
   * @returns the judgement when it has changed, else null
   */
  look(step: number, monitors: Monitors, gram: Tensor): Health | null;
}

/** Steps whose mean is judged: one step alone may mislead. */
const windowSteps = 20;

export function createHealthWatch(
  { totalSteps, stepsPerEpoch }: Pick<PretrainingPlan, 'totalSteps' | 'stepsPerEpoch'>,
  { spreadTarget, chanceLoss }: { readonly spreadTarget: number; readonly chanceLoss: number | null },
): HealthWatch {
  const graceSteps = Math.min(100, Math.max(windowSteps, stepsPerEpoch));
  const patienceSteps = Math.max(graceSteps, Math.ceil(totalSteps / 5));
  const means = createMonitorMeans();
  let last: HealthState = 'starting';
  let previousRank = Infinity;
  return {
    look: (step, monitors, gram) => {
      means.add(monitors);
      if (means.count < windowSteps) return null;
      const rank = rankMe(gram);
      const health = assessHealth({
        ...means.take(),
        step,
        graceSteps,
        patienceSteps,
        spreadTarget,
        chanceLoss,
        rank: Math.max(rank, previousRank),
        rankLimit: gram.shape[0],
      });
      previousRank = rank;
      if (health.state === last) return null;
      last = health.state;
      return health;
    },
  };
}
