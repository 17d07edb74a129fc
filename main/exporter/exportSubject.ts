import { readClassifier, type ClassifierMetadata } from '../training/classifierFile.ts';
import { describeEncoder, encoderWeights, readCheckpoint } from '../training/checkpoint.ts';
import { classifierGraph, encoderGraph } from './imageModel.ts';
import type { ExportRequest } from '../../shared/exporting.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { Graph } from '../engine/graph/graph.ts';
import type { EncoderDescription } from '../nn/encoder.ts';
import type { PretrainingPlan } from '../training/plan.ts';
import type { ModelInfo } from './modelInfo.ts';

/** What is exported, read from its file. */
export interface ExportSubject {
  readonly encoder: EncoderDescription;
  readonly weights: Tensors;
  /** In the order of the outputs; null: an encoder alone. */
  readonly classes: readonly string[] | null;
  readonly imageSize: number;
  readonly longestSide: number;
  /** For people: what made it. */
  readonly method: string;
  /** The file that it comes from. */
  readonly origin:
    | { readonly kind: 'classifier'; readonly metadata: ClassifierMetadata }
    | { readonly kind: 'pretraining'; readonly plan: PretrainingPlan; readonly savedAt: string };
}

const modes: Readonly<Record<ClassifierMetadata['mode'], string>> = {
  probe: 'linear probe',
  finetune: 'fine-tuning',
  scratch: 'training from scratch',
  'random-encoder': 'linear probe of an encoder that was not trained',
};

/** Reads and checks the file. @throws cannot-read, checkpoint-corrupted */
export function readSubject({ source, facts }: ExportRequest): ExportSubject {
  if (source.kind === 'pretrained-encoder') return readPretrained(source.path);
  const { metadata, weights } = readClassifier(source.path);
  const { encoder, classes, imageSize, slotSize, mode } = metadata;
  const before = facts.pretraining ? ` after ${facts.pretraining.method} pretraining` : '';
  return {
    encoder,
    weights,
    classes: source.kind === 'classifier' ? classes : null,
    imageSize,
    longestSide: slotSize,
    method: `${modes[mode]}${before}`,
    origin: { kind: 'classifier', metadata },
  };
}

function readPretrained(path: string): ExportSubject {
  const checkpoint = readCheckpoint(path);
  const { plan, savedAt } = checkpoint.metadata;
  return {
    encoder: plan.encoder,
    weights: encoderWeights(path, checkpoint),
    classes: null,
    imageSize: plan.imageSize,
    longestSide: plan.slotSize,
    method: `${plan.method.name} pretraining`,
    origin: { kind: 'pretraining', plan, savedAt },
  };
}

export function graphOf(subject: ExportSubject): Graph {
  return subject.classes ? classifierGraph(subject) : encoderGraph(subject);
}

export function infoOf(subject: ExportSubject, genoiseVersion: string): ModelInfo {
  const { classes, imageSize, longestSide, encoder, method } = subject;
  return {
    kind: classes ? 'classifier' : 'encoder',
    classes: classes ?? [],
    imageSize,
    longestSide,
    encoder: describeEncoder(encoder),
    method,
    genoiseVersion,
  };
}
