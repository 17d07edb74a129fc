import type { TrainPhase } from '../../shared/classifying.ts';

/** What a training is at, a clause for people. */
export const phaseWords: Readonly<Record<TrainPhase, string>> = {
  embedding: 'the encoder looks at the labelled images',
  fitting: 'fitting the last layer',
  selecting: 'trying out learning rates',
  training: 'learning from the labels',
  continuing: 'learning on until the labels are learnt',
  measuring: 'measuring on the held-out images',
};

/** Three digits that count: `1.23`, `0.0451`. */
export function formatLoss(loss: number): string {
  return Number.isFinite(loss) ? String(Number(loss.toPrecision(3))) : 'not a number';
}
