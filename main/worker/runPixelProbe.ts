import { pixelProbe } from '../classify/pixelProbe.ts';
import { openPixelStore } from '../importer/pixelStore.ts';
import { cancelledOr } from './cancelledOr.ts';
import { executorFor } from './executorFor.ts';
import type { PixelProbeRequest, PixelProbeResult } from '../../shared/classifying.ts';
import type { JobHost } from '../../shared/jobs.ts';

/** Measures what the pixels alone tell. @throws no-labels, too-few-classes, cancelled */
export async function runPixelProbe(
  request: PixelProbeRequest,
  host: JobHost<'pixelProbe'>,
): Promise<PixelProbeResult> {
  const executor = await executorFor(request.device);
  const store = openPixelStore(request.pixelFolder);
  try {
    return { evaluation: await pixelProbe({ ...request, executor, store, signal: host.signal }) };
  } catch (error) {
    throw cancelledOr(error, host.signal, 'classifier of pixels');
  } finally {
    store.close();
  }
}
