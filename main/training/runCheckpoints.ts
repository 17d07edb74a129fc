import { hashSamples, type CheckpointMetadata } from './checkpoint.ts';
import { saveCheckpoint } from './saveCheckpoint.ts';
import type { TrainingRun } from './trainingRun.ts';

/** Saves a run's state from time to time. */
export interface RunCheckpoints {
  /** Whether the last one is as old as the least time between two. */
  isDue(): boolean;
  /** Saves unless this very step is saved. @returns the path of its checkpoint */
  save(step: number): Promise<string>;
}

export function createRunCheckpoints(run: TrainingRun): RunCheckpoints {
  const { start, now, checkpointSeconds, program, job, writeBytes, report } = run;
  let saved: { step: number; path: string } | null = start.from && {
    step: start.step,
    path: start.from.path,
  };
  let savedAt = now();

  const save = async (step: number): Promise<string> => {
    if (saved?.step === step) return saved.path;
    const state = await program.read();
    const { path, sha256 } = saveCheckpoint(job.checkpointFolder, metadataOf(run, step), state, writeBytes);
    saved = { step, path };
    savedAt = now();
    await report({ kind: 'checkpoint', step, path, sha256 });
    return path;
  };
  return {
    save,
    isDue: () => now() - savedAt >= checkpointSeconds * 1000,
  };
}

function metadataOf({ job, plan }: TrainingRun, step: number): CheckpointMetadata {
  return {
    runId: job.runId,
    kind: 'pretrain',
    step,
    plan,
    samplesHash: hashSamples(job.slots),
    savedAt: new Date().toISOString(),
    appVersion: job.appVersion,
  };
}
