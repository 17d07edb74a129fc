import { steadyPace, type Pace } from '../../shared/jobs.ts';
import type { TrainingEvent } from '../../shared/trainingEvents.ts';
import type { Executor } from '../engine/execute/executor.ts';
import type { Method } from '../ssl/method.ts';
import { methods } from '../ssl/methods.ts';
import { writeAll, type ByteWriter } from './writeFileAtomically.ts';

/** What surrounds a training: who listens, who may stop it, what computes. */
export interface TrainingHost extends Partial<TrainingOptions> {
  /** Awaited where the training must not run ahead of its record (start, epochs, checkpoints, end). */
  readonly report: (event: TrainingEvent) => void | Promise<void>;
  /** Aborted to interrupt: honoured between two steps. */
  readonly signal: AbortSignal;
  readonly executor: Executor;
}

export interface TrainingOptions {
  /** Milliseconds that never go back. */
  readonly now: () => number;
  /** Least time between two checkpoints. */
  readonly checkpointSeconds: number;
  /** Least time between two progress events. */
  readonly progressSeconds: number;
  /** Those that a job can name. */
  readonly methods: readonly Method[];
  /** May pause the training, or end it early with what it has: honoured between two steps. */
  readonly pace: Pace;
  /** Writes the bytes of checkpoints. */
  readonly writeBytes: ByteWriter;
}

export const defaultOptions: TrainingOptions = {
  now: () => performance.now(),
  checkpointSeconds: 120,
  progressSeconds: 0.5,
  methods,
  pace: steadyPace,
  writeBytes: writeAll,
};
