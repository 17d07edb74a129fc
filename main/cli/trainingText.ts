import { describeTrial } from '../../shared/deviceTrial.ts';
import type { RunRow } from '../../shared/records.ts';
import { alignmentOf, type EpochEvent, type TrainingEvent } from '../../shared/trainingEvents.ts';
import { formatCount, formatDuration, formatPercent } from './format.ts';

/** What a training says, as a line that stays or as one that the next replaces. */
export function describeTrainingEvent(
  event: TrainingEvent,
  run: RunRow,
): { line?: string; progress?: string } {
  switch (event.kind) {
    case 'started': {
      const from = event.step > 0 ? ` from step ${formatCount(event.step)}` : '';
      const epochs = (event.totalSteps / event.stepsPerEpoch).toFixed(1).replace(/\.0$/, '');
      return {
        line: [
          `Run ${run.id}: ${run.method ?? ''}, ${run.encoder}, ${event.imageSize} px, batches of ${event.batchSize},` +
            ` ${formatCount(event.totalSteps)} steps (${epochs} epochs)${from}, on ${event.device}.`,
          ...(event.trial ? [`Devices in a short trial: ${describeTrial(event.trial)}.`] : []),
          ...event.skipped.map((reason) => `Passed over a damaged checkpoint: ${reason}.`),
        ].join('\n'),
      };
    }
    case 'progress': {
      const { epoch, step, totalSteps, loss, imagesPerSecond, etaSeconds, waitingShare } = event;
      return {
        progress:
          `Epoch ${epoch}, step ${formatCount(step)} of ${formatCount(totalSteps)} · loss ${loss.toFixed(4)} · ` +
          `${imagesPerSecond.toFixed(0)} images/s · ${formatDuration(etaSeconds)} left · ` +
          `${formatPercent(waitingShare)} waiting for data`,
      };
    }
    case 'epoch':
      return { line: describeEpoch(event) };
    case 'health':
      return { line: event.sentence };
    case 'energies':
    case 'neighbours':
    case 'pause':
    case 'checkpoint':
    case 'end':
      return {};
  }
}

function describeEpoch(event: EpochEvent): string {
  const { epoch, loss, spread, spreadTarget, positiveCosine, negativeCosine, knnAccuracy } = event;
  const { rank, rankLimit, uniformity, hardNegativeShare } = event;
  const knn = knnAccuracy === null ? '' : ` · kNN ${formatPercent(knnAccuracy)}`;
  return (
    `Epoch ${epoch} done: loss ${loss.toFixed(4)} · spread ${spread.toFixed(4)} of ${spreadTarget.toFixed(4)} · ` +
    `cosine of positives ${positiveCosine.toFixed(3)}, of negatives ${negativeCosine.toFixed(3)}\n` +
    `  Hard negatives ${formatPercent(hardNegativeShare)} · alignment ${alignmentOf(event).toFixed(3)}` +
    ` · uniformity ${uniformity.toFixed(2)} · RankMe ${rank.toFixed(1)} of ${rankLimit}${knn}`
  );
}
