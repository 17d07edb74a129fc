import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import type { Library } from '../library/client.ts';
import { runJob } from '../worker/host.ts';
import type { DeviceChoice } from '../../shared/devices.ts';
import type { EmbeddingsRow, RunId } from '../../shared/records.ts';
import type { EmbedProgress } from '../../shared/selecting.ts';

export interface EmbedOptions {
  /** A pretraining; null: the newest with a checkpoint. */
  readonly run: RunId | null;
  readonly device: DeviceChoice;
}

/**
 * Embeds all ready images with a run's newest checkpoint and keeps the set in the place of the run's earlier one.
 * @throws no-checkpoint, no-images, checkpoint-corrupted, disk-full, device-unavailable, cancelled
 */
export async function embedImages(
  library: Library,
  { run, device }: EmbedOptions,
  onProgress: (progress: EmbedProgress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<EmbeddingsRow> {
  const runId = run ?? (await library.read.latestPretrained())?.id ?? null;
  const checkpoint = runId === null ? null : await library.read.latestCheckpoint(runId);
  if (runId === null || checkpoint === null) throw genoiseError('no-checkpoint', { run: String(run ?? '') });
  const slots = await library.read.listReadySlots();
  if (slots.length === 0) throw genoiseError('no-images', { folder: library.folder });
  const path = `embeddings/run-${runId}-step-${checkpoint.step}.safetensors`;
  const outputPath = join(library.folder, path);
  mkdirSync(dirname(outputPath), { recursive: true });
  const { count, dimension, step } = await runJob(
    'embed',
    {
      device,
      pixelFolder: library.pixelsFolder,
      checkpoint: join(library.folder, checkpoint.path),
      slots,
      outputPath,
    },
    { onEvent: onProgress, ...(signal && { signal }) },
  );
  const leftBehind = await library.write.setEmbeddings({ runId, step, path, count, dimension });
  if (leftBehind !== null) rmSync(join(library.folder, leftBehind), { force: true });
  const set = await library.read.getEmbeddings(runId);
  if (set === null) throw new Error('the embeddings that were just made are gone');
  return set;
}
