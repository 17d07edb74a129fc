import { countImages, type ImageCounts } from '../library/images.ts';
import { countLabels, type ClassCount } from '../library/labels.ts';
import { latestMetrics } from '../library/metrics.ts';
import { openProjectReadOnly } from '../library/project.ts';
import { listRoots } from '../library/roots.ts';
import { listRuns } from '../library/runs.ts';
import type { MetricRow, RunRow } from '../../shared/records.ts';

export interface ProjectStatus {
  readonly folder: string;
  readonly roots: readonly string[];
  readonly images: ImageCounts;
  readonly classes: readonly ClassCount[];
  readonly runs: readonly (RunRow & { readonly metrics: Readonly<Record<string, number>> })[];
}

/**
 * What a project holds, also while another process works on it.
 * @throws no-such-folder, not-a-project, newer-project, damaged-project
 */
export function projectStatus(folder: string): ProjectStatus {
  const project = openProjectReadOnly(folder);
  try {
    const { db } = project;
    return {
      folder: project.folder,
      roots: listRoots(db).map((root) => root.folder),
      images: countImages(db),
      classes: countLabels(db),
      runs: listRuns(db).map((run) => ({ ...run, metrics: byName(latestMetrics(db, run.id)) })),
    };
  } finally {
    project.close();
  }
}

function byName(metrics: readonly MetricRow[]): Record<string, number> {
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}
