import { GenoiseError, genoiseError } from '../../shared/errors.ts';
import { formatLoss, phaseWords } from './trainingWords.ts';
import { trainClassifier } from './trainClassifier.ts';
import { trainingOutlook } from './trainingOutlook.ts';
import type { TrainingMode } from '../../shared/classifierRuns.ts';
import type { ClassifierMode, TrainProgress } from '../../shared/classifying.ts';
import type { Json } from '../../shared/records.ts';
import type { Library } from '../library/client.ts';
import type { ApplicationContext } from './context.ts';
import type { JobReport } from './jobQueue.ts';

const titles: Readonly<Record<ClassifierMode, string>> = {
  probe: 'Linear probe',
  finetune: 'Fine-tuning',
  scratch: 'Training from scratch',
  'random-encoder': 'Measuring an untrained encoder',
};

/**
 * Starts a job for each mode, one after the other. Training from scratch says little without what an encoder gets that
 * has learnt nothing: that is measured after it.
 * @throws no-labels, too-few-classes, more-classes-than-labels, no-checkpoint
 */
export async function startTraining(
  context: ApplicationContext,
  modes: readonly TrainingMode[],
  settings: Readonly<Record<string, Json>>,
): Promise<void> {
  const library = context.library();
  const { problem, pretraining, measuredBy } = await trainingOutlook(library);
  if (problem !== null) throw new GenoiseError(problem);
  if (pretraining === null && modes.some((mode) => mode !== 'scratch')) {
    throw genoiseError('no-checkpoint', { run: '' });
  }
  const chosen: readonly ClassifierMode[] = modes.includes('scratch') ? [...modes, 'random-encoder'] : modes;
  for (const mode of new Set(chosen)) {
    startOne(context, library, { mode, settings, crossed: measuredBy === 'cross-validation' });
  }
}

interface Order {
  readonly mode: ClassifierMode;
  readonly settings: Readonly<Record<string, Json>>;
  /** Whether it will be measured by cross-validation, in steps and not in images. */
  readonly crossed: boolean;
}

function startOne(context: ApplicationContext, library: Library, { mode, settings, crossed }: Order): void {
  context.jobs.start({
    kind: 'train',
    lane: 'compute',
    title: titles[mode],
    run: async ({ report, signal, setRun }) => {
      report({ note: 'getting ready' });
      const options = {
        mode,
        settings,
        checkpointRun: null,
        encoder: null,
        imageSize: null,
        seed: 1,
      } as const;
      let isKnown = false;
      try {
        await trainClassifier(
          library,
          { ...options, device: 'auto' },
          (progress, run) => {
            setRun(run.id);
            report(reportOf(progress, crossed));
            if (!isKnown) context.changed('runs');
            isKnown = true;
          },
          signal,
        );
      } finally {
        context.changed('runs', 'classifiers');
      }
    },
  });
}

function reportOf(progress: TrainProgress, crossed: boolean): JobReport {
  const { phase, step, totalSteps, loss, imagesPerSecond, etaSeconds } = progress;
  const countsImages = phase === 'embedding' || (phase === 'measuring' && !crossed);
  const said =
    phase === 'measuring' && crossed ? 'training on four fifths at a time to measure' : phaseWords[phase];
  return {
    note: loss === null ? said : `${said}, loss ${formatLoss(loss)}`,
    progress: { done: step, total: totalSteps, unit: countsImages ? 'images' : 'steps' },
    rate: imagesPerSecond === null ? null : { value: imagesPerSecond, unit: 'images/s' },
    etaSeconds,
  };
}
