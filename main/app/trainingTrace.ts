import { join } from 'node:path';
import { readJson, writeJson } from './jsonFile.ts';
import type { CurvePoint, PretrainView } from '../../shared/pretraining.ts';
import type { RunId } from '../../shared/records.ts';
import type { ReadOnlyLibrary } from '../library/client.ts';

/** What a screen shows of a run beside its row: the curves as they were drawn, the newest reports. */
export type TrainingTrace = Pick<PretrainView, 'loss' | 'knn' | 'newest'>;

export const emptyTrace: TrainingTrace = { loss: [], knn: [], newest: {} };

/** Kept in a file of its own beside the checkpoints: nothing that a run needs, and renewed every few seconds. */
export function writeTrace(library: ReadOnlyLibrary, run: RunId, trace: TrainingTrace): void {
  writeJson(fileOf(library, run), trace);
}

/** Null where there is none: a run that no window has watched. */
export function readTrace(library: ReadOnlyLibrary, run: RunId): TrainingTrace | null {
  const { loss, knn, newest } = readJson(fileOf(library, run));
  if (!isCurve(loss) || !isCurve(knn) || typeof newest !== 'object' || newest === null) return null;
  // Our own reports, in a file that only this program writes.
  return { loss, knn, newest };
}

function fileOf({ folder }: ReadOnlyLibrary, run: RunId): string {
  return join(folder, 'traces', `${run}.json`);
}

function isCurve(value: unknown): value is readonly CurvePoint[] {
  return (
    Array.isArray(value) &&
    value.every(
      (point: unknown) =>
        typeof point === 'object' &&
        point !== null &&
        'step' in point &&
        'value' in point &&
        typeof point.step === 'number' &&
        typeof point.value === 'number',
    )
  );
}
