import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { namingFullDisk } from '../../shared/diskFull.ts';
import { GenoiseError } from '../../shared/errors.ts';
import { readCheckpoint, type Checkpoint } from './checkpoint.ts';
import { partialEnding } from './writeFileAtomically.ts';

const namePattern = /^step-(\d{9,})\.safetensors$/;

/** Path of the checkpoint after `step` steps, in a run's folder. */
export function checkpointPath(folder: string, step: number): string {
  return join(folder, `step-${String(step).padStart(9, '0')}.safetensors`);
}

/** Makes the folder, and removes what a killed process was still writing. @throws disk-full */
export function prepareCheckpointFolder(folder: string): void {
  namingFullDisk(folder, () => mkdirSync(folder, { recursive: true }));
  for (const name of readdirSync(folder)) if (name.endsWith(partialEnding)) rmSync(join(folder, name));
}

/** Removes all checkpoints but the `keep` newest. */
export function pruneCheckpoints(folder: string, keep: number): void {
  for (const step of checkpointSteps(folder).slice(keep)) rmSync(checkpointPath(folder, step));
}

/** Steps of the folder's checkpoints, newest first. */
export function checkpointSteps(folder: string): number[] {
  if (!existsSync(folder)) return [];
  const steps = readdirSync(folder).flatMap((name) => namePattern.exec(name)?.[1] ?? []);
  return steps.map(Number).sort((a, b) => b - a);
}

export interface FoundCheckpoint {
  readonly path: string;
  readonly checkpoint: Checkpoint;
  /** Newer ones that are damaged: a sentence each. */
  readonly skipped: readonly string[];
}

/**
 * The newest checkpoint that is sound; null where the folder holds none at all.
 * @throws checkpoint-corrupted when there are some and every one is damaged
 */
export function newestCheckpoint(folder: string): FoundCheckpoint | null {
  const skipped: string[] = [];
  let first: GenoiseError | null = null;
  for (const step of checkpointSteps(folder)) {
    const path = checkpointPath(folder, step);
    try {
      return { path, checkpoint: readCheckpoint(path), skipped };
    } catch (error) {
      if (!(error instanceof GenoiseError)) throw error;
      first ??= error;
      skipped.push(error.message);
    }
  }
  if (first) throw first;
  return null;
}
