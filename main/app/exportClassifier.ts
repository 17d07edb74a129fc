import { basename, join, resolve } from 'node:path';
import { appVersion } from '../../shared/appVersion.ts';
import { genoiseError } from '../../shared/errors.ts';
import { latestCheckpoint } from '../library/checkpoints.ts';
import { getClassifier, latestClassifier } from '../library/classifiers.ts';
import { listEvaluations } from '../library/evaluations.ts';
import { countImages, listImages } from '../library/images.ts';
import { countLabels } from '../library/labels.ts';
import { latestMetrics } from '../library/metrics.ts';
import { openProjectReadOnly, type ReadOnlyProject } from '../library/project.ts';
import { listRoots } from '../library/roots.ts';
import { getRun, listRuns, requireRun } from '../library/runs.ts';
import { runJob } from '../worker/host.ts';
import type { Evaluation } from '../../shared/evaluation.ts';
import type {
  CardFacts,
  ExportProgress,
  ExportRequest,
  ExportResult,
  OriginalFile,
} from '../../shared/exporting.ts';
import type { ImageRow, RunId, RunRow } from '../../shared/records.ts';

export interface ExportOptions {
  readonly out: string;
  /** The encoder alone, which needs no labels. */
  readonly encoder: boolean;
  /** Number of the run whose classifier (or encoder) it is; null: the newest. */
  readonly run: string | null;
}

export interface ExportSummary extends ExportResult {
  readonly run: RunId;
}

/** Enough to tell 99 % from less, in a minute. */
const mostOriginals = 500;

/**
 * Exports a classifier, or an encoder alone, to a folder that needs neither the project nor Genoise. The project is
 * only read.
 * @throws no-classifier, no-checkpoint, run-not-found, checkpoint-corrupted, cannot-write, disk-full, export-mismatch,
 *   cancelled
 */
export async function exportClassifier(
  folder: string,
  options: ExportOptions,
  onProgress: (progress: ExportProgress) => void,
  signal?: AbortSignal,
): Promise<ExportSummary> {
  const project = openProjectReadOnly(folder);
  try {
    const { source, run } = options.encoder
      ? encoderSource(project, options.run)
      : classifierSource(project, options.run);
    const request: ExportRequest = {
      source,
      outputFolder: resolve(options.out),
      pixelFolder: project.pixelsFolder,
      ...originalsToCheck(project),
      facts: factsOf(project, run),
      appVersion,
    };
    const result = await runJob('export', request, { onEvent: onProgress, ...(signal && { signal }) });
    return { ...result, run: run.id };
  } finally {
    project.close();
  }
}

interface Source {
  readonly source: ExportRequest['source'];
  readonly run: RunRow;
}

function classifierSource({ db, folder }: ReadOnlyProject, text: string | null): Source {
  const classifier = text === null ? latestClassifier(db) : getClassifier(db, requireRun(db, text).id);
  if (classifier === null) throw genoiseError('no-classifier', {});
  const run = requireRun(db, String(classifier.runId));
  return { source: { kind: 'classifier', path: join(folder, classifier.path) }, run };
}

/** The checkpoint of a pretraining, or the encoder inside a classifier when its run was named. */
function encoderSource({ db, folder }: ReadOnlyProject, text: string | null): Source {
  const run =
    text === null
      ? (listRuns(db, 'pretrain').findLast(({ id }) => latestCheckpoint(db, id) !== null) ?? null)
      : requireRun(db, text);
  if (run === null) throw genoiseError('no-checkpoint', { run: '' });
  const checkpoint = latestCheckpoint(db, run.id);
  if (checkpoint !== null) {
    return { source: { kind: 'pretrained-encoder', path: join(folder, checkpoint.path) }, run };
  }
  const classifier = getClassifier(db, run.id);
  if (classifier === null) throw genoiseError('no-checkpoint', { run: String(run.id) });
  return { source: { kind: 'classifier-encoder', path: join(folder, classifier.path) }, run };
}

/** Held-out images, spread over all of them; of a project without any, a sample of its images. */
function originalsToCheck({ db }: ReadOnlyProject): Pick<ExportRequest, 'originals' | 'originalsAre'> {
  const ready = listImages(db, 'ready');
  const heldOut = ready.filter((image) => image.heldOut);
  const images = heldOut.length > 0 ? heldOut : ready;
  const folders = new Map(listRoots(db).map((root) => [root.id, root.folder]));
  const stride = Math.max(1, images.length / mostOriginals);
  const chosen = Array.from(
    { length: Math.min(mostOriginals, images.length) },
    (_, i) => images[Math.floor(i * stride)],
  );
  return {
    originals: chosen.flatMap((image) => originalOf(image, folders.get(image.rootId))),
    originalsAre: heldOut.length > 0 ? 'held-out' : 'sample',
  };
}

/** None for a name that is not UTF-8: it cannot be handed to another process. */
function originalOf(
  { relativePath, slot, byteSize, mtime }: ImageRow,
  root: string | undefined,
): OriginalFile[] {
  const name = Buffer.from(relativePath).toString();
  const sayable = Buffer.from(name).equals(relativePath);
  if (root === undefined || slot === null || !sayable) return [];
  return [{ path: join(root, name), slot, byteSize, mtime }];
}

function factsOf({ db, folder }: ReadOnlyProject, run: RunRow): CardFacts {
  const { ready, distinct, heldOut } = countImages(db);
  const pretraining =
    run.kind === 'pretrain' ? run : run.parentRunId === null ? null : getRun(db, run.parentRunId);
  return {
    project: basename(folder),
    images: { usable: ready, different: distinct, heldOut },
    labels: countLabels(db).map(({ name, training, heldOut }) => ({ name, training, heldOut })),
    pretraining: pretraining && {
      run: pretraining.id,
      method: pretraining.method ?? '',
      steps: pretraining.doneSteps,
      figures: Object.fromEntries(latestMetrics(db, pretraining.id).map(({ name, value }) => [name, value])),
    },
    measurements: listEvaluations(db, run.id).map(({ on, metrics, measuredAt }) => ({
      on,
      evaluation: metrics as unknown as Evaluation,
      measuredAt,
    })),
  };
}
