import { resolve } from 'node:path';
import { runJob } from '../worker/host.ts';
import type { PredictProgress, PredictResult } from '../../shared/exporting.ts';

export interface PredictOptions {
  /** A folder that an export made. */
  readonly classifierFolder: string;
  /** Read with all its subfolders, never written to. */
  readonly imageFolder: string;
  readonly csvPath: string;
}

export interface PredictSummary extends PredictResult {
  readonly csv: string;
}

/**
 * Answers every image of a folder with an exported classifier; no project is needed.
 * @throws no-such-folder, not-a-classifier, no-images, disk-full, cannot-write, cancelled
 */
export async function predictFolder(
  options: PredictOptions,
  onProgress: (progress: PredictProgress) => void,
  signal?: AbortSignal,
): Promise<PredictSummary> {
  const csvPath = resolve(options.csvPath);
  const request = {
    classifierFolder: resolve(options.classifierFolder),
    imageFolder: resolve(options.imageFolder),
    csvPath,
  };
  const result = await runJob('predict', request, { onEvent: onProgress, ...(signal && { signal }) });
  return { ...result, csv: csvPath };
}
