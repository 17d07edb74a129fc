import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadOnlyLibrary } from '../library/client.ts';
import { runJob } from '../worker/host.ts';
import type { ClassId, ImageId } from '../../shared/records.ts';
import type { SuggestionOrder, SuggestionReason } from '../../shared/selecting.ts';

export interface SuggestOptions {
  /** Images of the round, held-out ones included. */
  readonly count: number;
  readonly order?: SuggestionOrder;
  /** Images not to suggest: shown already, skipped, unsure. Their duplicates are not suggested either. */
  readonly exclude?: readonly ImageId[];
  /** Share of the round that is drawn from the held-out pool, while it lasts. */
  readonly heldOutShare?: number;
  /** Another one draws otherwise. */
  readonly seed?: number;
}

export interface Suggestion {
  readonly imageId: ImageId;
  readonly reason: SuggestionReason;
  /** Its label serves to measure, never to learn; drawn at random. */
  readonly heldOut: boolean;
  /** What a quick probe of the labels takes it for, likeliest first; only for `uncertain`. */
  readonly probabilities?: readonly ClassProbability[];
}

export interface ClassProbability {
  readonly classId: ClassId;
  readonly probability: number;
}

const defaultHeldOutShare = 0.2;

/**
 * What to label next, first to ask about first: by the newest embeddings typical images of kinds without a label, from
 * about 50 labels a class on the least certain ones; at random where there are no embeddings. Of duplicates one, and
 * none whose duplicate has a label. Fewer than asked for where the images run out.
 * @throws cannot-read, checkpoint-corrupted for damaged embeddings; cancelled
 */
export async function suggestImages(
  library: ReadOnlyLibrary,
  options: SuggestOptions,
  signal?: AbortSignal,
): Promise<readonly Suggestion[]> {
  const { count, order = 'auto', exclude = [], heldOutShare = defaultHeldOutShare, seed = 1 } = options;
  const pool = await library.read.readSuggestionPool();
  const classIds = (await library.read.listClasses()).map(({ id }) => id);
  const set = await library.read.latestEmbeddings();
  const path = set === null ? null : join(library.folder, set.path);
  const embeddings = path !== null && existsSync(path) ? path : null;
  const { suggestions } = await runJob(
    'suggest',
    { order, count, heldOutShare, seed, embeddings, pool, classIds, exclude },
    { onEvent: () => undefined, ...(signal && { signal }) },
  );
  return suggestions.map(({ row, reason, heldOut, probabilities }) => ({
    imageId: pool.imageIds[row] as ImageId,
    reason,
    heldOut,
    ...(probabilities && { probabilities: ranked(probabilities, classIds) }),
  }));
}

function ranked(probabilities: readonly number[], classIds: readonly ClassId[]): ClassProbability[] {
  return probabilities
    .map((probability, i) => ({ classId: classIds[i], probability }))
    .sort((a, b) => b.probability - a.probability);
}
