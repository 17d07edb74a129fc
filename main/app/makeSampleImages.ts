import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { namingFullDisk } from '../../shared/diskFull.ts';
import { runJob } from '../worker/host.ts';
import type { MakeSamplesProgress, MakeSamplesRequest, MakeSamplesResult } from '../../shared/pictures.ts';

/** Enough to see an encoder learn in minutes, small enough for a machine without a GPU. */
export const sampleImages = { count: 2000, side: 64, seed: 1 } as const;

/**
 * Draws the sample images (eight kinds of figures, a folder each, whose colours are chance) into
 * `<dataFolder>/sample-images`, or finds them there. They appear all at once.
 * @param dataFolder where the application keeps the user's own data; absolute, made where it is not
 * @param changes for tests
 * @returns the folder to import
 * @throws disk-full, cannot-write, cancelled
 */
export async function makeSampleImages(
  dataFolder: string,
  onProgress: (progress: MakeSamplesProgress) => void = () => undefined,
  signal?: AbortSignal,
  changes: Partial<Record<keyof typeof sampleImages, number>> = {},
): Promise<string> {
  const folder = join(dataFolder, 'sample-images');
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial`;
  try {
    rmSync(partial, { recursive: true, force: true });
    const request = { ...sampleImages, ...changes, folder: partial };
    await drawSampleImages(request, signal, onProgress);
    namingFullDisk(dataFolder, () => renameSync(partial, folder));
    return folder;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}

/** Draws sample images into a folder. @throws disk-full, cannot-write, cancelled */
export function drawSampleImages(
  request: MakeSamplesRequest,
  signal?: AbortSignal,
  onProgress: (progress: MakeSamplesProgress) => void = () => undefined,
): Promise<MakeSamplesResult> {
  return runJob('makeSamples', request, { onEvent: onProgress, ...(signal && { signal }) });
}
