import { genoiseError } from '../../shared/errors.ts';
import { writeCheckpoint, type CheckpointMetadata } from './checkpoint.ts';
import { checkpointPath, pruneCheckpoints } from './checkpointFolder.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { ByteWriter } from './writeFileAtomically.ts';

/** The last one, and one before it in case the last is damaged by what no program prevents. */
const kept = 2;

/**
 * Writes the checkpoint of a step into the run's folder, then removes old ones.
 * @throws training-diverged when the state is not finite (nothing is written), disk-full, cannot-write
 */
export function saveCheckpoint(
  folder: string,
  metadata: CheckpointMetadata,
  state: Tensors,
  writeBytes: ByteWriter,
): { path: string; sha256: string } {
  checkFinite(metadata.step, state);
  const path = checkpointPath(folder, metadata.step);
  const sha256 = writeCheckpoint(path, { metadata, state }, writeBytes);
  pruneCheckpoints(folder, kept);
  return { path, sha256 };
}

function checkFinite(step: number, state: Tensors): void {
  for (const [name, { data }] of Object.entries(state)) {
    if (!data.every((value) => Number.isFinite(value))) {
      throw genoiseError('training-diverged', { step, quantity: `tensor ${name}` });
    }
  }
}
