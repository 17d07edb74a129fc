import { embedImages } from './embedImages.ts';
import type { ApplicationContext } from './context.ts';
import type { Library } from '../library/client.ts';
import type { EmbeddingState } from '../../shared/labelling.ts';

/**
 * Starts to embed all images with the newest encoder, which suggestions and neighbours need; nothing when that is
 * under way. To be called when a pretraining is done.
 */
export function startEmbedding(context: ApplicationContext): void {
  if (context.jobs.list().some((job) => job.kind === 'embed' && job.endedAt === null)) return;
  const library = context.library();
  context.jobs.start({
    kind: 'embed',
    lane: 'compute',
    title: 'Looking at your images',
    run: async ({ report, signal }) => {
      report({ note: 'the encoder looks at each image once' });
      await embedImages(
        library,
        { run: null, device: 'auto' },
        ({ done, total, imagesPerSecond, etaSeconds }) =>
          report({
            progress: { done, total, unit: 'images' },
            rate: { value: imagesPerSecond, unit: 'images/s' },
            etaSeconds,
          }),
        signal,
      );
      context.changed('embeddings');
    },
  });
}

/** Whether the newest encoder has looked at all images. */
export async function embeddingState({ read }: Library): Promise<EmbeddingState> {
  const run = await read.latestPretrained();
  const checkpoint = run === null ? null : await read.latestCheckpoint(run.id);
  if (run === null || checkpoint === null) return 'no-encoder';
  const set = await read.latestEmbeddings();
  if (set === null) return 'none';
  if (set.runId !== run.id || set.step !== checkpoint.step) return 'old';
  return set.count === (await read.listReadySlots()).length ? 'current' : 'old';
}
