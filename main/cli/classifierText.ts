import { modeNames } from '../../shared/modeNames.ts';
import { formatCount, formatDuration } from './format.ts';
import type { TrainProgress } from '../../shared/classifying.ts';

/** What a training is doing now, on one line. */
export function describeTraining(progress: TrainProgress): string {
  const { mode, phase, step, totalSteps, loss, imagesPerSecond, etaSeconds } = progress;
  return [
    `${modeNames[mode].toLowerCase()}: ${phase}`,
    ...(totalSteps > 0 ? [`step ${formatCount(step)} of ${formatCount(totalSteps)}`] : []),
    ...(loss === null ? [] : [`loss ${loss.toFixed(4)}`]),
    ...(imagesPerSecond === null ? [] : [`${imagesPerSecond.toFixed(0)} images/s`]),
    ...(etaSeconds === null ? [] : [`${formatDuration(etaSeconds)} left`]),
  ].join(' · ');
}
