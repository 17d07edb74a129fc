import { genoiseError } from '../../shared/errors.ts';
import { decodeSafetensors, fileHashKey } from './safetensors.ts';
import { readBytes, writeSafetensorsFile } from './safetensorsFile.ts';
import type { ByteWriter } from './writeFileAtomically.ts';
import type { ClassifierMode, Measurement } from '../../shared/classifying.ts';
import type { Json } from '../../shared/records.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { EncoderDescription } from '../nn/encoder.ts';

/** Version of the metadata below; a reader refuses a newer one. */
const formatVersion = 1;
const formatKey = 'genoise_classifier_format';
const metadataKey = 'classifier';

/** What a classifier's file says about itself: enough to use it and to describe it, without any database. */
export interface ClassifierMetadata {
  readonly runId: number;
  readonly mode: ClassifierMode;
  /** Names in the order of the outputs. */
  readonly classes: readonly string[];
  readonly encoder: EncoderDescription;
  /** S: the side to which whole images are resized. */
  readonly imageSize: number;
  /** M: the largest side of the images it was trained on, in the pixel store; larger ones are shrunk to it first. */
  readonly slotSize: number;
  /** The run whose encoder it started from. */
  readonly parentRunId: number | null;
  /** Images learnt from. */
  readonly labelCount: number;
  readonly seed: number;
  readonly evaluation: Measurement | null;
  /** How the training went. */
  readonly report: Json;
  /** ISO 8601. */
  readonly savedAt: string;
  readonly appVersion: string;
}

export interface ClassifierFile {
  readonly metadata: ClassifierMetadata;
  /** `encoder.…` by torchvision's names, `classifier.weight` [classes, features] and `classifier.bias` [classes]. */
  readonly weights: Tensors;
}

/**
 * Writes a classifier as one safetensors file, atomically.
 * @returns the hexadecimal SHA-256 of the whole file
 * @throws disk-full, cannot-write: nothing half-written is left
 */
export function writeClassifier(
  path: string,
  { metadata, weights }: ClassifierFile,
  writeBytes?: ByteWriter,
): string {
  const content = {
    tensors: weights,
    metadata: {
      format: 'pt',
      [formatKey]: String(formatVersion),
      [metadataKey]: JSON.stringify(metadata),
    },
  };
  return writeSafetensorsFile(path, content, writeBytes);
}

/**
 * Reads a classifier and checks all of it.
 * @throws cannot-read, checkpoint-corrupted
 */
export function readClassifier(path: string): ClassifierFile {
  const bytes = readBytes(path);
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    const version = Number(metadata[formatKey]);
    const written = metadata[metadataKey];
    if (!(version >= 1) || written === undefined || metadata[fileHashKey] === undefined) {
      throw new Error('it is no classifier that Genoise wrote');
    }
    if (version > formatVersion) throw new Error('it was written by a newer Genoise');
    // The file's hash vouches for what this module wrote.
    return { metadata: JSON.parse(written) as ClassifierMetadata, weights: tensors };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw genoiseError('checkpoint-corrupted', { path, reason }, error);
  }
}
