import { learningRateAt } from '../nn/schedule.ts';
import type { Tensor } from '../engine/graph/node.ts';
import type { Method } from '../ssl/method.ts';
import type { PretrainingPlan } from './plan.ts';

/**
 * The scalar feeds of a step: `learningRate`, `initialLearningRate`, `applyUpdate`, `schedule.<name>`, float32 []. All
 * steps of one update have the same but for `applyUpdate`: those of its place among the updates.
 */
export function stepScalars(step: number, plan: PretrainingPlan, method: Method): Record<string, Tensor> {
  const { stepsPerEpoch, peakLearningRate: peak, accumulate = 1 } = plan;
  const [totalSteps, warmupSteps] = [plan.totalSteps / accumulate, plan.warmupSteps / accumulate];
  const update = Math.floor(step / accumulate);
  const position = {
    step: update,
    totalSteps,
    epoch: Math.floor(step / stepsPerEpoch),
    progress: update / totalSteps,
  };
  const schedules = Object.entries(method.schedules(plan.method.settings)).map(
    ([name, value]) => [`schedule.${name}`, scalarTensor(value(position))] as const,
  );
  return {
    learningRate: scalarTensor(learningRateAt({ step: update, totalSteps, warmupSteps, peak })),
    initialLearningRate: scalarTensor(peak),
    applyUpdate: scalarTensor((step + 1) % accumulate === 0 ? 1 : 0),
    ...Object.fromEntries(schedules),
  };
}

function scalarTensor(value: number): Tensor {
  return { dtype: 'float32', shape: [], data: Float32Array.of(value) };
}
