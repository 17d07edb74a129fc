import { applyHead, headOf } from '../classify/linearHead.ts';
import { exportModel } from '../exporter/exportModel.ts';
import { openPixelStore } from '../importer/pixelStore.ts';
import { createEncoder } from '../nn/createEncoder.ts';
import { embedSlots } from '../training/embed.ts';
import { executorFor } from './executorFor.ts';
import type { ExportRequest, ExportResult } from '../../shared/exporting.ts';
import type { JobHost } from '../../shared/jobs.ts';
import type { Executor } from '../engine/execute/executor.ts';
import type { ExportSubject } from '../exporter/exportSubject.ts';
import type { AskApp } from '../exporter/sameInput.ts';

/**
 * Exports a classifier or an encoder, checked against the way that evaluations take.
 * @throws checkpoint-corrupted, cannot-read, cannot-write, disk-full, export-mismatch, cancelled
 */
export async function runExport(request: ExportRequest, host: JobHost<'export'>): Promise<ExportResult> {
  const store = openPixelStore(request.pixelFolder);
  try {
    const executor = await executorFor('cpu');
    return await exportModel(request, {
      store,
      askAppWith: (subject) => askAppWith(subject, executor, host.signal),
      signal: host.signal,
      onProgress: (progress) => void host.report(progress),
    });
  } finally {
    store.close();
  }
}

/** Embedding and head as evaluations have them. */
export function askAppWith(subject: ExportSubject, executor: Executor, signal?: AbortSignal): AskApp {
  const { encoder, weights, imageSize, classes } = subject;
  return async (store, slots) => {
    const options = { encoder: createEncoder(encoder), weights, store, imageSize, executor };
    const features = await embedSlots(options, slots, signal);
    const logits = classes ? applyHead(headOf(weights), features).data : null;
    return { embedding: features.data, logits };
  };
}
