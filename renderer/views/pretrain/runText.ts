import { formatNumber } from '../../parts/formatNumber.ts';
import { methodTitle, presetChoices, type PretrainRun } from '../../../shared/pretraining.ts';

/** How a run was made, in a line: `SimCLR · resnet18 · 32 px · batches of 128 · Natural photos`. */
export function describeRun(run: PretrainRun): string {
  const parts = [
    methodTitle(run.method),
    run.encoder.replace('resnet', 'ResNet-'),
    run.imageSize !== null && `${run.imageSize} px`,
    run.batchSize !== null && `batches of ${run.batchSize}`,
    presetChoices.find(({ name }) => name === run.preset)?.title,
    run.device !== null && `on ${run.device === 'cpu' ? 'the processor' : 'the graphics card'}`,
  ];
  return parts.filter((part) => typeof part === 'string').join(' · ');
}

/** Share of its steps that a run has done, 0 … 1; null before it knows how many there are. */
export function shareOf({ doneSteps, totalSteps }: PretrainRun): number | null {
  return totalSteps === 0 ? null : Math.min(1, doneSteps / totalSteps);
}

/** How far a run came, a clause. */
export function progressOf(run: PretrainRun): string {
  const share = shareOf(run);
  if (share === null || run.doneSteps === 0) return 'before its first step';
  const rounds =
    run.stepsPerEpoch === null ? '' : ` (${formatNumber(run.doneSteps / run.stepsPerEpoch, 1)} rounds)`;
  return `after ${formatNumber(run.doneSteps)} of ${formatNumber(run.totalSteps)} steps${rounds}`;
}

/** What became of a run, in words. */
export function stateOf(run: PretrainRun): string {
  switch (run.state) {
    case 'running':
      return 'under way';
    case 'done':
      return run.doneSteps < run.totalSteps ? 'stopped and kept' : 'done';
    case 'interrupted':
      return 'interrupted, can go on';
    case 'failed':
      return 'failed';
  }
}
