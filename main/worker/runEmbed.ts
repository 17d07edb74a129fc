import { openPixelStore } from '../importer/pixelStore.ts';
import { createEncoder } from '../nn/createEncoder.ts';
import { encoderWeights, readCheckpoint } from '../training/checkpoint.ts';
import { createEmbedder } from '../training/embed.ts';
import { openEmbeddingsWriter } from '../training/embeddingsFile.ts';
import { cancelledOr } from './cancelledOr.ts';
import { executorFor } from './executorFor.ts';
import type { JobHost } from '../../shared/jobs.ts';
import type { EmbedRequest, EmbedResult } from '../../shared/selecting.ts';

/** Images between two reports and two writes. */
const portion = 512;

/**
 * Embeds images with a checkpoint's encoder into a file, portion by portion.
 * @throws checkpoint-corrupted, cannot-read, cannot-write, disk-full, device-unavailable, cancelled
 */
export async function runEmbed(request: EmbedRequest, host: JobHost<'embed'>): Promise<EmbedResult> {
  try {
    return await embed(request, host);
  } catch (error) {
    throw cancelledOr(error, host.signal, 'reading of the images by the encoder');
  }
}

async function embed(
  { device, pixelFolder, checkpoint: path, slots, outputPath }: EmbedRequest,
  host: JobHost<'embed'>,
): Promise<EmbedResult> {
  const checkpoint = readCheckpoint(path);
  const { plan, step, runId } = checkpoint.metadata;
  const encoder = createEncoder(plan.encoder);
  const executor = await executorFor(device);
  const store = openPixelStore(pixelFolder);
  try {
    const weights = encoderWeights(path, checkpoint);
    const embedder = await createEmbedder({ encoder, weights, store, imageSize: plan.imageSize, executor });
    const metadata = { genoise_embeddings_format: '1', run: String(runId), step: String(step) };
    const all = Int32Array.from(slots);
    const writer = openEmbeddingsWriter(outputPath, all, encoder.featureCount, metadata);
    const began = performance.now();
    try {
      for (let first = 0; first < all.length; first += portion) {
        writer.add(await embedder.embed([...all.subarray(first, first + portion)], host.signal));
        const done = Math.min(all.length, first + portion);
        const imagesPerSecond = (1000 * done) / (performance.now() - began);
        const etaSeconds = (all.length - done) / imagesPerSecond;
        void host.report({ done, total: all.length, imagesPerSecond, etaSeconds });
      }
      writer.commit();
    } finally {
      writer.discard();
      await embedder.dispose();
    }
    return { count: all.length, dimension: encoder.featureCount, step, device: executor.name };
  } finally {
    store.close();
  }
}
