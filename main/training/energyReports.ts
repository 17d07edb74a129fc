import type { Tensors } from '../engine/execute/executor.ts';
import type { TrainingRun } from './trainingRun.ts';

/** Bins of the cosine's histograms, over −1 … 1. */
export const energyBins = 40;

/** Of a long epoch. */
const secondsBetween = 15;

/** Gathers the cosines of single pairs into two histograms. */
export interface EnergyReports {
  /** @param step steps done, the one that gave `outputs` included */
  add(step: number, outputs: Tensors): Promise<void>;
}

export function createEnergyReports({ plan, report, now }: TrainingRun): EnergyReports {
  let positive = emptyHistogram();
  let negative = emptyHistogram();
  let reportedAt = now();
  return {
    add: async (step, { positiveCosines, negativeCosines }) => {
      addCosines(positive, positiveCosines.data);
      addCosines(negative, negativeCosines.data);
      const due = now() - reportedAt >= secondsBetween * 1000;
      if (step % plan.stepsPerEpoch !== 0 && step < plan.totalSteps && !due) return;
      const epoch = Math.ceil(step / plan.stepsPerEpoch);
      reportedAt = now();
      const counts = { positive, negative };
      [positive, negative] = [emptyHistogram(), emptyHistogram()];
      await report({ kind: 'energies', epoch, step, ...counts });
    },
  };
}

function emptyHistogram(): number[] {
  return new Array<number>(energyBins).fill(0);
}

/** Rounding can leave a cosine just outside of −1 … 1. */
function addCosines(histogram: number[], cosines: ArrayLike<number>): void {
  for (let i = 0; i < cosines.length; i++) {
    const bin = Math.floor(((cosines[i] + 1) / 2) * energyBins);
    histogram[Math.min(energyBins - 1, Math.max(0, bin))] += 1;
  }
}
