import { GenoiseError } from '../../shared/errors.ts';
import { createEmbedder, type Embedder } from '../training/embed.ts';
import { scoresWith } from './classifierScores.ts';
import { createClassifierTrainer, type ClassifierTrainer } from './classifierTrainer.ts';
import { stratifiedSplit } from './folds.ts';
import { accuracyOf, crossEntropyOf } from './metrics.ts';
import { withFreshNormStatistics } from './normStatistics.ts';
import { supervisedView } from './supervisedView.ts';
import {
  createStepCounter,
  labelledRows,
  type StepCounter,
  type TrainedClassifier,
  type TrainingTask,
} from './trainingTask.ts';
import type { LabelledSlots } from '../../shared/trainingEvents.ts';
import type { Tensor } from '../engine/graph/node.ts';
import type { SgdSettings } from '../nn/optimizers.ts';

export type ScratchSettings = {
  readonly batchSize: number;
  readonly steps: number;
  /** Tried in turn; at this batch size, not scaled. */
  readonly learningRates: readonly number[];
  /** Of each trial. */
  readonly selectionSteps: number;
  /** Training goes on until this is reached, up to three times `steps`. */
  readonly trainingAccuracy: number;
  readonly smallestCrop: number;
};

const leastSteps = 2000;
/** Fewer leave a thousand photographs unlearnt at the end of the schedule, and what is added after it helps less. */
const epochs = 128;

/** The recipe for n labels. */
export function scratchDefaults(labelCount: number): ScratchSettings {
  const batchSize = Math.min(128, Math.max(16, 8 * Math.round(labelCount / 256)));
  return {
    batchSize,
    steps: Math.max(leastSteps, Math.ceil((epochs * labelCount) / batchSize)),
    learningRates: [0.01, 0.03, 0.1],
    selectionSteps: 400,
    trainingAccuracy: 0.99,
    smallestCrop: 0.3,
  };
}

export interface ScratchRequest extends TrainingTask {
  readonly settings: ScratchSettings;
}

/** A learning rate and what it gave on labels put aside; null where training diverged. */
export type LearningRateTrial = {
  readonly learningRate: number;
  readonly accuracy: number | null;
  readonly crossEntropy: number | null;
};

export interface ScratchClassifier extends TrainedClassifier {
  readonly learningRate: number;
  /** Empty where there was nothing to choose, or no label that could be put aside. */
  readonly selection: readonly LearningRateTrial[];
}

/** Share of the peak at which training goes on where it has not reached its goal. */
const lowRate = 0.1;
/** All steps together, over the planned ones. */
const longest = 3;

/**
 * Trains encoder and linear layer from the first weights on the labels alone, as well as it can be done: the learning
 * rate that is best on a stratified fifth of the labels, then all labels; SGD with Nesterov momentum 0.9, weight decay
 * 5e-4, half a cosine; until the training images are learnt.
 * @throws training-diverged when every learning rate diverges; the signal's reason when aborted
 */
export async function trainFromScratch(request: ScratchRequest): Promise<ScratchClassifier> {
  const { settings, imageSize, encoder, executor, store } = request;
  const optimizer: SgdSettings = {
    name: 'sgd',
    learningRate: settings.learningRates[0],
    perBatch: null,
    weightDecay: 5e-4,
    momentum: 0.9,
    nesterov: true,
  };
  const trainer = await createClassifierTrainer({
    ...request,
    batchSize: settings.batchSize,
    optimizer,
    headLearningRateScale: 1,
    recipe: supervisedView(imageSize, settings.smallestCrop),
  });
  const embedder = await createEmbedder({
    encoder,
    weights: await trainer.weights(),
    store,
    imageSize,
    executor,
  });
  const counter = createStepCounter(request, settings.steps, settings.batchSize);
  try {
    const tools: Tools = { request, trainer, embedder, counter };
    const selection = await tryLearningRates(tools);
    const learningRate = bestRate(selection, settings.learningRates);
    return { ...(await trainAll(tools, learningRate)), learningRate, selection };
  } finally {
    await embedder.dispose();
    await trainer.dispose();
  }
}

interface Tools {
  readonly request: ScratchRequest;
  readonly trainer: ClassifierTrainer;
  readonly embedder: Embedder;
  readonly counter: StepCounter;
}

async function tryLearningRates(tools: Tools): Promise<LearningRateTrial[]> {
  const { labelled, settings, seed } = tools.request;
  const { train, test } = stratifiedSplit(labelled.classes, 0.2, seed);
  if (test.length === 0 || settings.learningRates.length < 2) return [];
  const [learnt, aside] = [labelledRows(labelled, train), labelledRows(labelled, test)];
  tools.counter.add(settings.learningRates.length * settings.selectionSteps);
  const trials: LearningRateTrial[] = [];
  for (const learningRate of settings.learningRates) {
    trials.push(await tryLearningRate(tools, learningRate, learnt, aside));
  }
  return trials;
}

async function tryLearningRate(
  tools: Tools,
  learningRate: number,
  learnt: LabelledSlots,
  aside: LabelledSlots,
): Promise<LearningRateTrial> {
  const { trainer, counter, request } = tools;
  const { selectionSteps } = request.settings;
  await trainer.reset();
  try {
    const onStep = counter.phase('selecting');
    await trainer.run({ labelled: learnt, steps: selectionSteps, peak: learningRate, number: 0, onStep });
  } catch (error) {
    if (!(error instanceof GenoiseError && error.code === 'training-diverged')) throw error;
    return { learningRate, accuracy: null, crossEntropy: null };
  }
  const { scores } = await measure(tools, learnt.slots, aside.slots);
  const crossEntropy = crossEntropyOf(scores, aside.classes);
  const sound = Number.isFinite(crossEntropy);
  return {
    learningRate,
    accuracy: sound ? accuracyOf(scores, aside.classes) : null,
    crossEntropy: sound ? crossEntropy : null,
  };
}

/** Scores of `slots` by the trainer's present weights with norm statistics of `learnt`. */
async function measure(
  { request, trainer, embedder }: Tools,
  learnt: readonly number[],
  slots: readonly number[],
): Promise<{ weights: Record<string, Tensor>; scores: Awaited<ReturnType<typeof scoresWith>> }> {
  const weights = await withFreshNormStatistics(await trainer.weights(), { ...request, slots: learnt });
  return { weights, scores: await scoresWith(embedder, weights, slots, request.signal) };
}

/** The highest accuracy; of equal ones the lowest cross-entropy. Without trials the middle rate. */
function bestRate(trials: readonly LearningRateTrial[], rates: readonly number[]): number {
  const better = (a: LearningRateTrial, b: LearningRateTrial): boolean => {
    const [first, second] = [a.accuracy ?? -1, b.accuracy ?? -1];
    return (
      first > second || (first === second && (a.crossEntropy ?? Infinity) < (b.crossEntropy ?? Infinity))
    );
  };
  const best = trials.reduce<LearningRateTrial | null>(
    (known, trial) => (known && !better(trial, known) ? known : trial),
    null,
  );
  return best ? best.learningRate : rates[Math.floor(rates.length / 2)];
}

async function trainAll(tools: Tools, learningRate: number): Promise<TrainedClassifier> {
  const { request, trainer, counter } = tools;
  const { labelled, settings } = request;
  await trainer.reset();
  const onStep = counter.phase('training');
  await trainer.run({ labelled, steps: settings.steps, peak: learningRate, number: 1, onStep });
  let done = settings.steps;
  for (let number = 2; ; number++) {
    const { weights, scores } = await measure(tools, labelled.slots, labelled.slots);
    const trainingAccuracy = accuracyOf(scores, labelled.classes);
    const more = Math.min(Math.ceil(settings.steps / 2), longest * settings.steps - done);
    if (trainingAccuracy >= settings.trainingAccuracy || more <= 0) {
      return { weights, steps: done, trainingAccuracy };
    }
    counter.add(more);
    const peak = lowRate * learningRate;
    await trainer.run({ labelled, steps: more, peak, number, onStep: counter.phase('continuing') });
    done += more;
  }
}
