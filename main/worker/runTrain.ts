import { genoiseError } from '../../shared/errors.ts';
import { fitClassifier } from '../classify/fitClassifier.ts';
import { createTrainProgress } from '../classify/trainProgress.ts';
import { openPixelStore, type PixelStore } from '../importer/pixelStore.ts';
import { createEncoder } from '../nn/createEncoder.ts';
import { stemFor } from '../nn/resnet.ts';
import { encoderWeights, readCheckpoint } from '../training/checkpoint.ts';
import { writeClassifier } from '../training/classifierFile.ts';
import { defaultImageSize } from '../training/planDefaults.ts';
import { cancelledOr } from './cancelledOr.ts';
import { executorFor } from './executorFor.ts';
import { defaultEncoder, type TrainRequest, type TrainResult } from '../../shared/classifying.ts';
import type { JobHost } from '../../shared/jobs.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { EncoderDescription } from '../nn/encoder.ts';

/**
 * Trains a classifier, measures it, writes its file.
 * @throws no-labels, too-few-classes, more-classes-than-labels, no-checkpoint, checkpoint-other-architecture,
 * checkpoint-corrupted, training-diverged, disk-full, cancelled
 */
export async function runTrain(request: TrainRequest, host: JobHost<'train'>): Promise<TrainResult> {
  const { mode, classes, labelled, heldOut, seed, outputPath } = request;
  const executor = await executorFor(request.device);
  const store = openPixelStore(request.pixelFolder);
  try {
    const start = startingPoint(request, store);
    const { imageSize } = start;
    const outcome = await fitClassifier({
      mode,
      executor,
      store,
      encoder: createEncoder(start.encoder),
      imageSize,
      encoderWeights: start.weights,
      classes,
      labelled,
      heldOut,
      settings: request.settings,
      seed,
      signal: host.signal,
      onProgress: createTrainProgress(mode, (progress) => void host.report(progress)),
    });
    const { weights, evaluation, answers, report, steps } = outcome;
    const sha256 = writeClassifier(outputPath, {
      weights,
      metadata: {
        runId: request.runId,
        mode,
        classes,
        encoder: start.encoder,
        imageSize,
        slotSize: store.slotSize,
        parentRunId: request.checkpoint?.runId ?? null,
        labelCount: labelled.slots.length,
        seed,
        evaluation,
        report,
        savedAt: new Date().toISOString(),
        appVersion: request.appVersion,
      },
    });
    const { name: device } = executor;
    return { path: outputPath, sha256, imageSize, device, totalSteps: steps, evaluation, answers, report };
  } catch (error) {
    throw cancelledOr(error, host.signal, 'training of the classifier');
  } finally {
    store.close();
  }
}

interface StartingPoint {
  readonly encoder: EncoderDescription;
  readonly imageSize: number;
  readonly weights: Tensors | null;
}

function startingPoint(request: TrainRequest, store: PixelStore): StartingPoint {
  const { checkpoint, mode } = request;
  if (checkpoint && (mode === 'probe' || mode === 'finetune')) return pretrained(checkpoint.path, request);
  if (mode === 'probe' || mode === 'finetune') throw genoiseError('no-checkpoint', { run: '' });
  const imageSize = request.imageSize ?? defaultImageSize(store.slotSize);
  const encoder = { ...(request.encoder ?? defaultEncoder), stem: stemFor(imageSize) };
  return { encoder, imageSize, weights: null };
}

function pretrained(path: string, { encoder, imageSize }: TrainRequest): StartingPoint {
  const checkpoint = readCheckpoint(path);
  const { plan } = checkpoint.metadata;
  const expected = encoder ? { ...encoder, stem: plan.encoder.stem } : plan.encoder;
  return {
    encoder: plan.encoder,
    imageSize: imageSize ?? plan.imageSize,
    weights: encoderWeights(path, checkpoint, expected),
  };
}
