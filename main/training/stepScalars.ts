import { learningRateAt } from '../nn/schedule.ts';
import type { Tensor } from '../engine/graph/node.ts';
import type { Method } from '../ssl/method.ts';
import type { PretrainingPlan } from './plan.ts';

/** The scalar feeds of a step: `learningRate`, `initialLearningRate`, `schedule.<name>`, float32 []. */
export function stepScalars(step: number, plan: PretrainingPlan, method: Method): Record<string, Tensor> {
  const { totalSteps, warmupSteps, stepsPerEpoch, peakLearningRate: peak } = plan;
  const position = {
    step,
    totalSteps,
    epoch: Math.floor(step / stepsPerEpoch),
    progress: step / totalSteps,
  };
  const schedules = Object.entries(method.schedules(plan.method.settings)).map(
    ([name, value]) => [`schedule.${name}`, scalarTensor(value(position))] as const,
  );
  return {
    learningRate: scalarTensor(learningRateAt({ step, totalSteps, warmupSteps, peak })),
    initialLearningRate: scalarTensor(peak),
    ...Object.fromEntries(schedules),
  };
}

function scalarTensor(value: number): Tensor {
  return { dtype: 'float32', shape: [], data: Float32Array.of(value) };
}
