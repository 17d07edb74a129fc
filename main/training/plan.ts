import { genoiseError } from '../../shared/errors.ts';
import { fewestPixels, mostPixels } from '../../shared/pretraining.ts';
import { createEncoder } from '../nn/createEncoder.ts';
import { stemFor } from '../nn/resnet.ts';
import { peakLearningRate } from '../nn/schedule.ts';
import { defaultBatch, defaultEpochs, defaultImageSize, fittingBatch, scaleFor } from './planDefaults.ts';
import { buildPretrainingGraph, type PretrainingGraph } from './pretrainingGraph.ts';
import { estimateStepMemory } from './stepMemory.ts';
import type { EncoderDescription } from '../nn/encoder.ts';
import type { OptimizerSettings } from '../nn/optimizers.ts';
import type { Method, Scale } from '../ssl/method.ts';
import type { ViewPresetName } from '../ssl/views/presets.ts';

/** Everything that decides a run, but for its images: stored in its checkpoints, after which nothing else is asked. */
export interface PretrainingPlan extends PlanDraft {
  readonly totalSteps: number;
  readonly warmupSteps: number;
}

/** A plan whose length is not known yet. */
export interface PlanDraft {
  readonly method: { readonly name: string; readonly settings: object };
  readonly encoder: EncoderDescription;
  readonly scale: Scale;
  readonly preset: ViewPresetName;
  readonly optimizer: OptimizerSettings;
  readonly peakLearningRate: number;
  readonly seed: number;
  readonly sampleCount: number;
  readonly slotSize: number;
  readonly imageSize: number;
  readonly batchSize: number;
  /** Batches whose gradients are averaged before an update; absent: 1. A step is a batch, not an update. */
  readonly accumulate?: number;
  /** Name of the file that the encoder's first weights came from; absent: they were drawn. */
  readonly init?: string;
  /** Whole updates. */
  readonly stepsPerEpoch: number;
  readonly warmupEpochs: number;
}

export interface PlanRequest {
  readonly method: Method;
  /** Replaces some of the method's settings. */
  readonly settings: object;
  readonly encoder: Omit<EncoderDescription, 'stem'>;
  readonly preset: ViewPresetName;
  readonly seed: number;
  readonly imageCount: number;
  /** M. */
  readonly slotSize: number;
  readonly memoryBytes: number;
  readonly imageSize: number | null;
  readonly batchSize: number | null;
  readonly learningRate: number | null;
  /** Batches an update; 1 unless given. */
  readonly accumulate?: number | null;
}

/** Less than this is no batch: contrast, and batch statistics, need company. */
const smallestBatch = 2;

/**
 * Decides sizes and settings; what the request leaves open is chosen from the images and the memory.
 * @throws batch-too-large (naming one that fits), batch-too-small, out-of-memory, cannot-accumulate, invalid-option
 */
export function planPretraining(request: PlanRequest): PlanDraft {
  const { method, slotSize, imageCount } = request;
  const imageSize = checkedImageSize(request.imageSize) ?? defaultImageSize(slotSize);
  const scale = scaleFor(imageSize);
  const defaults = method.defaults(scale);
  const wanted = { ...defaults.settings, ...checkedSettings(request.settings, defaults.settings) };
  const settings = method.limitSettings?.(wanted, imageCount) ?? wanted;
  const optimizer = withLearningRate(defaults.optimizer, request.learningRate);
  const accumulate = request.accumulate ?? 1;
  checkAccumulation(method, settings, accumulate);
  const draft = {
    method: { name: method.name, settings },
    encoder: { ...request.encoder, stem: stemFor(imageSize) },
    scale,
    preset: request.preset,
    optimizer,
    seed: request.seed,
    sampleCount: imageCount,
    slotSize,
    imageSize,
    warmupEpochs: defaults.warmupEpochs,
    ...(accumulate > 1 && { accumulate }),
  };
  const needs = (batchSize: number): number =>
    estimateStepMemory(graphOfPlan({ ...draft, batchSize }, method).graph);
  const batchSize = chooseBatch(request, defaults.batchSize, needs);
  return {
    ...draft,
    batchSize,
    peakLearningRate: peakLearningRate(optimizer, batchSize * accumulate),
    stepsPerEpoch: accumulate * updatesPerEpoch(imageCount, batchSize, accumulate),
  };
}

/**
 * Gives a plan its length.
 * @param epochs null: chosen from the number of images
 */
export function planEpochs(draft: PlanDraft, epochs: number | null): PretrainingPlan {
  return planSteps(draft, (epochs ?? defaultEpochs(draft.sampleCount)) * draft.stepsPerEpoch);
}

/** Gives a plan its length in steps, in whole updates; the warm-up takes at most a tenth of them. */
export function planSteps(draft: PlanDraft, steps: number): PretrainingPlan {
  const { accumulate = 1, warmupEpochs, stepsPerEpoch } = draft;
  const updates = Math.max(1, Math.floor(steps / accumulate));
  const warmupSteps = Math.min(warmupEpochs * stepsPerEpoch, Math.floor(updates / 10) * accumulate);
  return { ...draft, totalSteps: updates * accumulate, warmupSteps };
}

/** The step's graph that a plan describes; `method` is the one that it names. */
export function graphOfPlan(
  plan: Omit<PlanDraft, 'stepsPerEpoch' | 'peakLearningRate'>,
  method: Method,
): PretrainingGraph {
  const { encoder, method: named, ...sizes } = plan;
  return buildPretrainingGraph({
    ...sizes,
    method,
    settings: named.settings,
    encoder: createEncoder(encoder),
  });
}

function chooseBatch(request: PlanRequest, published: number, needs: (batch: number) => number): number {
  const { imageCount, memoryBytes, batchSize } = request;
  if (batchSize !== null) return checkedBatch(batchSize, request, needs);
  if (imageCount < smallestBatch) throw tooSmall(imageCount, `there are only ${imageCount} images`);
  const wanted = defaultBatch(imageCount, published);
  const fitting = fittingBatch(wanted, smallestBatch, memoryBytes, needs);
  if (fitting === null) throw outOfMemory(needs(smallestBatch), memoryBytes);
  return fitting;
}

function checkedBatch(batch: number, request: PlanRequest, needs: (batch: number) => number): number {
  const { imageCount, memoryBytes } = request;
  if (batch < smallestBatch) throw tooSmall(batch, 'views are compared with those of other images');
  if (imageCount < smallestBatch) throw tooSmall(batch, `there are only ${imageCount} images`);
  const tooLarge = (reason: string, from: number): Error => {
    const suggestion = fittingBatch(from, smallestBatch, memoryBytes, needs);
    return suggestion === null
      ? outOfMemory(needs(smallestBatch), memoryBytes)
      : genoiseError('batch-too-large', { batch, reason, suggestion });
  };
  if (batch > imageCount) throw tooLarge(`there are only ${imageCount} images to train on`, imageCount);
  const needed = needs(batch);
  if (needed <= memoryBytes) return batch;
  const [need, have] = [needed, memoryBytes].map((bytes) => `${(bytes / 1e9).toFixed(1)} GB`);
  throw tooLarge(`a step would need about ${need} of memory, and ${have} are free`, batch);
}

function checkAccumulation(method: Method, settings: object, accumulate: number): void {
  if (accumulate === 1) return;
  if (!Number.isInteger(accumulate) || accumulate < 1) {
    const expected = 'a whole number of 1 or more';
    throw genoiseError('invalid-option', { option: '--accumulate', value: String(accumulate), expected });
  }
  const reason = method.accumulationFault(settings);
  if (reason !== null) throw genoiseError('cannot-accumulate', { method: method.title, reason });
}

function updatesPerEpoch(imageCount: number, batchSize: number, accumulate: number): number {
  const updates = Math.floor(imageCount / (batchSize * accumulate));
  if (updates >= 1) return updates;
  const batches = Math.floor(imageCount / batchSize);
  const expected = `at most ${batches}, for there are ${imageCount} images in batches of ${batchSize}`;
  throw genoiseError('invalid-option', { option: '--accumulate', value: String(accumulate), expected });
}

function outOfMemory(neededBytes: number, availableBytes: number): Error {
  return genoiseError('out-of-memory', { neededBytes, availableBytes });
}

function checkedImageSize(size: number | null): number | null {
  if (size === null || (size >= fewestPixels && size <= mostPixels)) return size;
  const expected = `a number of pixels from ${fewestPixels} to ${mostPixels}`;
  throw genoiseError('invalid-option', { option: '--image-size', value: String(size), expected });
}

function tooSmall(batch: number, reason: string): Error {
  return genoiseError('batch-too-small', { batch, minimum: smallestBatch, reason });
}

/** A setting that the method does not have, or of another type, is refused. */
function checkedSettings(given: object, known: object): object {
  const expected = new Map<string, unknown>(Object.entries(known));
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    const published = expected.get(name);
    if (published === undefined) {
      throw genoiseError('invalid-option', {
        option: 'A setting of the method',
        value: name,
        expected: `one of ${[...expected.keys()].join(', ')}`,
      });
    }
    if (published !== null && typeof value !== typeof published) {
      const expectedType = `a ${typeof published}`;
      throw genoiseError('invalid-option', { option: name, value: String(value), expected: expectedType });
    }
  }
  return given;
}

function withLearningRate(settings: OptimizerSettings, learningRate: number | null): OptimizerSettings {
  return learningRate === null ? settings : { ...settings, learningRate };
}
