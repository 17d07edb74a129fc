import { createHash } from 'node:crypto';
import { genoiseError } from '../../shared/errors.ts';
import { fileHashKey, decodeSafetensors } from './safetensors.ts';
import { readBytes, writeSafetensorsFile } from './safetensorsFile.ts';
import type { ByteWriter } from './writeFileAtomically.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { Tensor } from '../engine/graph/node.ts';
import type { EncoderDescription } from '../nn/encoder.ts';
import type { PretrainingPlan } from './plan.ts';

/** Version of the metadata below; a reader refuses a newer one. */
const formatVersion = 1;
const formatKey = 'genoise_format';

/** What a checkpoint says about itself: enough to go on with its run, or to use its encoder, without any database. */
export interface CheckpointMetadata {
  readonly runId: number;
  readonly kind: 'pretrain';
  /** Steps done; the tensors are the state after them. */
  readonly step: number;
  /** Method, settings, encoder, optimizer, schedule and sizes. */
  readonly plan: PretrainingPlan;
  /** Of the training set: SHA-256 over its slots, in order. */
  readonly samplesHash: string;
  /** ISO 8601. */
  readonly savedAt: string;
  readonly appVersion: string;
}

export interface Checkpoint {
  readonly metadata: CheckpointMetadata;
  /** The whole state by the variables' names: `encoder.…`, heads, queues, `optimizer.…`. */
  readonly state: Tensors;
}

/**
 * Writes a checkpoint atomically.
 * @returns the hexadecimal SHA-256 of the whole file
 * @throws disk-full, cannot-write: nothing half-written is left
 */
export function writeCheckpoint(
  path: string,
  { metadata, state }: Checkpoint,
  writeBytes?: ByteWriter,
): string {
  return writeSafetensorsFile(path, { tensors: state, metadata: encodeMetadata(metadata) }, writeBytes);
}

/**
 * Reads a checkpoint and checks all of it.
 * @throws cannot-read, checkpoint-corrupted
 */
export function readCheckpoint(path: string): Checkpoint {
  const bytes = readBytes(path);
  try {
    const { tensors, metadata } = decodeSafetensors(bytes);
    if (metadata[fileHashKey] === undefined) throw new Error('it was not written by Genoise');
    return { metadata: decodeMetadata(metadata), state: tensors };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw genoiseError('checkpoint-corrupted', { path, reason }, error);
  }
}

/**
 * The checkpoint's encoder alone: tensors under `encoder.`, names unchanged.
 * @throws checkpoint-other-architecture when it is not the encoder that `expected` describes
 */
export function encoderWeights(
  path: string,
  { metadata, state }: Checkpoint,
  expected: EncoderDescription = metadata.plan.encoder,
): Record<string, Tensor> {
  const found = metadata.plan.encoder;
  if (describeEncoder(found) !== describeEncoder(expected)) {
    throw genoiseError('checkpoint-other-architecture', {
      path,
      found: describeEncoder(found),
      expected: describeEncoder(expected),
    });
  }
  return Object.fromEntries(Object.entries(state).filter(([name]) => name.startsWith('encoder.')));
}

/** For people: `resnet18 of width 0.25 with the small stem`. */
export function describeEncoder({ name, width, stem }: EncoderDescription): string {
  return `${name} of width ${width} with the ${stem} stem`;
}

/** Hexadecimal SHA-256 of a training set's slots, in order. */
export function hashSamples(slots: readonly number[]): string {
  return createHash('sha256').update(slots.join(',')).digest('hex');
}

function encodeMetadata({ plan, ...rest }: CheckpointMetadata): Record<string, string> {
  const { method, encoder, ...schedule } = plan;
  return {
    format: 'pt',
    [formatKey]: String(formatVersion),
    run: JSON.stringify(rest),
    method: JSON.stringify(method),
    encoder: JSON.stringify(encoder),
    schedule: JSON.stringify(schedule),
  };
}

function decodeMetadata(metadata: Readonly<Record<string, string>>): CheckpointMetadata {
  const version = Number(metadata[formatKey]);
  if (!(version >= 1)) throw new Error('it was not written by Genoise');
  if (version > formatVersion) throw new Error('it was written by a newer Genoise');
  const parse = (key: string): unknown => JSON.parse(metadata[key] ?? 'null');
  // The bytes' hash vouches for the tensors; the header is JSON that this module wrote, or is refused here.
  const [run, method, encoder, schedule] = ['run', 'method', 'encoder', 'schedule'].map(parse);
  if (!run || !method || !encoder || !schedule) throw new Error('its metadata is incomplete');
  return {
    ...(run as Omit<CheckpointMetadata, 'plan'>),
    plan: { method, encoder, ...schedule } as PretrainingPlan,
  };
}
