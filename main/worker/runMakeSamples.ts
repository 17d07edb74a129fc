import { sampleClasses, writeSampleImages } from '../importer/sampleImages.ts';
import { cancelledOr } from './cancelledOr.ts';
import type { JobHost } from '../../shared/jobs.ts';
import type { MakeSamplesRequest, MakeSamplesResult } from '../../shared/pictures.ts';

/** Draws sample images into a folder. @throws disk-full, cannot-write, cancelled */
export async function runMakeSamples(
  { folder, ...options }: MakeSamplesRequest,
  host: JobHost<'makeSamples'>,
): Promise<MakeSamplesResult> {
  try {
    const onProgress = (done: number, total: number): void => void host.report({ done, total });
    const files = await writeSampleImages(folder, { ...options, signal: host.signal, onProgress });
    return { images: files.length, classes: sampleClasses };
  } catch (error) {
    throw cancelledOr(error, host.signal, 'drawing of the sample images');
  }
}
