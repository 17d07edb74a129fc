import { trainingModes, type TrainingMode } from '../../../shared/classifierRuns.ts';

const key = 'genoise.trainModes';

/** The ways of training that were chosen the last time; all of them at first. */
export function keptModes(): readonly TrainingMode[] {
  const kept = localStorage.getItem(key)?.split(',');
  return kept === undefined ? trainingModes : trainingModes.filter((mode) => kept.includes(mode));
}

export function keepModes(modes: readonly TrainingMode[]): void {
  localStorage.setItem(key, modes.join(','));
}
