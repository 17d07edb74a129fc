import type { ReadOnlyLibrary } from '../library/client.ts';
import type { ImageCounts } from '../library/images.ts';
import type { ClassCount } from '../../shared/labelling.ts';
import type { MetricRow, RunRow } from '../../shared/records.ts';

export interface ProjectStatus {
  readonly folder: string;
  readonly roots: readonly string[];
  readonly images: ImageCounts;
  readonly classes: readonly ClassCount[];
  readonly runs: readonly (RunRow & { readonly metrics: Readonly<Record<string, number>> })[];
}

/** What a project holds, also while another process works on it. */
export async function projectStatus({ folder, read }: ReadOnlyLibrary): Promise<ProjectStatus> {
  const [roots, images, classes, runs] = await Promise.all([
    read.listRoots(),
    read.countImages(),
    read.countLabels(),
    read.listRuns(),
  ]);
  return {
    folder,
    roots: roots.map((root) => root.folder),
    images,
    classes,
    runs: await Promise.all(
      runs.map(async (run) => ({ ...run, metrics: byName(await read.latestMetrics(run.id)) })),
    ),
  };
}

function byName(metrics: readonly MetricRow[]): Record<string, number> {
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}
