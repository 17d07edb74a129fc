import { fewestHeldOutLabels, type Answers } from '../../shared/evaluation.ts';
import { checkLabels } from './checkLabels.ts';
import { classifierScores } from './classifierScores.ts';
import { canCrossValidate, crossValidate } from './crossValidate.ts';
import { embedInPortions } from './embedInPortions.ts';
import { measureClassifier } from './measureClassifier.ts';
import { fineTune, fineTuneDefaults, type FineTuneSettings } from './finetune.ts';
import { freshEncoderWeights } from './freshEncoder.ts';
import { applyHead, headTensors } from './linearHead.ts';
import { accuracyOf } from './metrics.ts';
import { withFreshNormStatistics } from './normStatistics.ts';
import { featureRows, trainProbe, type Probe } from './probe.ts';
import { withinStepLimits, type StepLimits } from './stepLimits.ts';
import { scratchDefaults, trainFromScratch, type ScratchSettings } from './scratch.ts';
import {
  labelledRows,
  type TaskProgress,
  type TrainedClassifier,
  type TrainingTask,
} from './trainingTask.ts';
import type { ClassifierMode, Measurement } from '../../shared/classifying.ts';
import type { Json } from '../../shared/records.ts';
import type { LabelledSlots } from '../../shared/trainingEvents.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { Features } from '../training/knn.ts';

export interface FitClassifierRequest extends Omit<TrainingTask, 'classCount'> {
  readonly mode: ClassifierMode;
  /** Pretrained, `encoder.…`; only `probe` and `finetune` need it. */
  readonly encoderWeights: Tensors | null;
  readonly classes: readonly string[];
  /** With fewer than `fewestHeldOutLabels` cross-validation takes their place. Null: the caller measures by itself. */
  readonly heldOut: LabelledSlots | null;
  /** Replaces some of the recipe's settings. */
  readonly settings?: Partial<FineTuneSettings & ScratchSettings> & StepLimits;
}

export interface ClassifierOutcome extends TrainedClassifier {
  /** Null where neither held-out labels nor cross-validation can say anything. */
  readonly evaluation: Measurement | null;
  /** To each measured image: of `heldOut` or of `labelled`, as `evaluation.on` says. Null where nothing is measured. */
  readonly answers: Answers | null;
  /** What was chosen, by what. */
  readonly report: Json;
}

/** A training on some labels, with what `report` tells of it. */
type Trained = TrainedClassifier & { readonly report: Json };
type TrainOn = (labelled: LabelledSlots, onProgress: TrainingTask['onProgress']) => Promise<Trained>;

/**
 * Trains a classifier by one of the four modes and measures it.
 * @throws no-labels, too-few-classes, more-classes-than-labels, training-diverged; the signal's reason when aborted
 */
export async function fitClassifier(given: FitClassifierRequest): Promise<ClassifierOutcome> {
  checkLabels(given.labelled, given.classes);
  const request = { ...given, classCount: given.classes.length };
  const train = await trainingOf(request);
  const trained = await train(request.labelled, request.onProgress);
  const measured = await measure(request, trained, trainingOfFold(request, train, trained));
  return { ...trained, evaluation: null, answers: null, ...measured };
}

type Task = FitClassifierRequest & TrainingTask;

async function trainingOf(request: Task): Promise<TrainOn> {
  const { mode } = request;
  if (mode === 'scratch') return (labelled, onProgress) => scratch({ ...request, labelled, onProgress });
  const weights = await encoderOf(request);
  const { slots } = request.labelled;
  const report = reporterOf(request, 'embedding');
  const features = await embedInPortions({ ...request, weights }, slots, request.signal, report);
  const rowOf = new Map(slots.map((slot, row) => [slot, row]));
  return async (labelled, onProgress) => {
    const rows = Int32Array.from(labelled.slots, (slot) => rowOf.get(slot) ?? 0);
    const task = { ...request, labelled, onProgress };
    const own = featureRows(features, rows);
    const found = await probe(task, own);
    return mode === 'finetune' ? fineTuned(task, weights, found) : probed(task, weights, found, own);
  };
}

/** The running statistics of an encoder that was never trained fit nothing: they are taken from the labelled images. */
async function encoderOf(request: Task): Promise<Tensors> {
  const { mode, encoder, imageSize, seed, encoderWeights, labelled } = request;
  if (mode === 'random-encoder') {
    const fresh = freshEncoderWeights(encoder, imageSize, seed);
    return withFreshNormStatistics(fresh, { ...request, slots: labelled.slots });
  }
  if (!encoderWeights) throw new Error(`${mode} needs a pretrained encoder`);
  return encoderWeights;
}

function probe(task: Task, features: Features): Promise<Probe> {
  const { labelled, onProgress } = task;
  const onFit = (step: number, totalSteps: number, loss: number): void =>
    onProgress?.({ phase: 'fitting', step, totalSteps, loss, images: 0 });
  return trainProbe({ ...task, features, labels: labelled.classes, onFit });
}

function probed(
  { labelled, mode }: Task,
  weights: Tensors,
  { head, l2, selection }: Probe,
  features: Features,
): Trained {
  const trainingAccuracy = accuracyOf(applyHead(head, features), labelled.classes);
  const report = { mode, l2, selection: selection.map((trial) => ({ ...trial })), trainingAccuracy };
  return { weights: { ...weights, ...headTensors(head) }, steps: 0, trainingAccuracy, report };
}

/** A recipe with what the task changes of it. */
function chosenRecipe<Recipe extends { readonly steps: number }>(
  recipe: Recipe,
  { settings = {} }: Task,
): Recipe {
  const { minSteps = 0, maxSteps = Infinity, ...changes } = settings;
  return withinStepLimits({ ...recipe, ...changes }, { minSteps, maxSteps });
}

async function fineTuned(task: Task, encoderWeights: Tensors, { head, l2 }: Probe): Promise<Trained> {
  const settings = chosenRecipe(fineTuneDefaults(task.labelled.slots.length), task);
  const trained = await fineTune({ ...task, encoderWeights, head, settings });
  const { steps, trainingAccuracy } = trained;
  return { ...trained, report: { mode: 'finetune', settings, l2, steps, trainingAccuracy } };
}

async function scratch(task: Task): Promise<Trained> {
  const recipe = chosenRecipe(scratchDefaults(task.labelled.slots.length), task);
  const settings = { ...recipe, selectionSteps: Math.min(recipe.selectionSteps, recipe.steps) };
  const { learningRate, selection, ...trained } = await trainFromScratch({ ...task, settings });
  const { steps, trainingAccuracy } = trained;
  return {
    ...trained,
    report: { mode: 'scratch', settings, learningRate, selection, steps, trainingAccuracy },
  };
}

/** From scratch the learning rate of the whole is kept: choosing again in every fold would take five times as long. */
function trainingOfFold(request: Task, train: TrainOn, trained: Trained): TrainOn {
  const report = trained.report as { readonly learningRate?: number };
  if (report.learningRate === undefined) return train;
  const settings = { ...request.settings, learningRates: [report.learningRate] };
  return (labelled, onProgress) => scratch({ ...request, labelled, onProgress, settings });
}

type Outcome = Pick<ClassifierOutcome, 'evaluation' | 'answers'>;

async function measure(request: Task, trained: Trained, train: TrainOn): Promise<Outcome | null> {
  const { heldOut, labelled, classes, seed } = request;
  if (!heldOut) return null;
  if (heldOut.slots.length >= fewestHeldOutLabels) {
    const { evaluation, answers } = await measureClassifier({
      ...request,
      weights: trained.weights,
      labelled: heldOut,
      onProgress: reporterOf(request, 'measuring'),
    });
    return { evaluation: { on: 'held-out', evaluation }, answers };
  }
  const labels = labelled.classes;
  if (!canCrossValidate(labels)) return null;
  const options = { labels, classes, seed };
  const { evaluation, answers } = await crossValidate(options, async (split, fold, folds) => {
    const { weights } = await train(labelledRows(labelled, split.train), foldProgress(request, fold, folds));
    return classifierScores({ ...request, weights }, labelledRows(labelled, split.test).slots);
  });
  return { evaluation: { on: 'cross-validation', evaluation }, answers };
}

/** A fold's progress as a part of the whole cross-validation's. */
function foldProgress({ onProgress }: Task, fold: number, folds: number): (progress: TaskProgress) => void {
  return ({ step, totalSteps, ...rest }) =>
    onProgress?.({
      ...rest,
      phase: 'measuring',
      step: fold * totalSteps + step,
      totalSteps: folds * totalSteps,
    });
}

/** Reports a phase that computes no steps. */
function reporterOf(
  { onProgress }: Task,
  phase: TaskProgress['phase'],
): (done: number, total: number) => void {
  return (step, totalSteps) => onProgress?.({ phase, step, totalSteps, loss: null, images: 0 });
}
