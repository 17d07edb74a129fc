import { createEmbedder, type EmbedderOptions } from '../training/embed.ts';
import type { Features } from '../training/knn.ts';

/** Images between two reports. */
const portion = 512;

/**
 * `embedSlots`, which also tells how far it is.
 * @param onProgress called with the number of images done and of all
 */
export async function embedInPortions(
  options: EmbedderOptions,
  slots: readonly number[],
  signal: AbortSignal | undefined,
  onProgress: (done: number, total: number) => void,
): Promise<Features> {
  const size = options.encoder.featureCount;
  const data = new Float32Array(slots.length * size);
  const embedder = await createEmbedder(options);
  try {
    for (let start = 0; start < slots.length; start += portion) {
      const part = await embedder.embed(slots.slice(start, start + portion), signal);
      data.set(part.data, start * size);
      onProgress(start + part.count, slots.length);
    }
    return { data, count: slots.length, size };
  } finally {
    await embedder.dispose();
  }
}
