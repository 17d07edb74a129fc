import { basename, join, resolve } from 'node:path';
import { appVersion } from '../../shared/appVersion.ts';
import { genoiseError } from '../../shared/errors.ts';
import type { ReadOnlyLibrary } from '../library/client.ts';
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
  library: ReadOnlyLibrary,
  options: ExportOptions,
  onProgress: (progress: ExportProgress) => void,
  signal?: AbortSignal,
): Promise<ExportSummary> {
  const { source, run } = options.encoder
    ? await encoderSource(library, options.run)
    : await classifierSource(library, options.run);
  const request: ExportRequest = {
    source,
    outputFolder: resolve(options.out),
    pixelFolder: library.pixelsFolder,
    ...(await originalsToCheck(library)),
    facts: await factsOf(library, run),
    appVersion,
  };
  const result = await runJob('export', request, { onEvent: onProgress, ...(signal && { signal }) });
  return { ...result, run: run.id };
}

interface Source {
  readonly source: ExportRequest['source'];
  readonly run: RunRow;
}

async function classifierSource({ read, folder }: ReadOnlyLibrary, text: string | null): Promise<Source> {
  const classifier = await read.requireClassifier(text);
  const run = await read.requireRun(String(classifier.runId));
  return { source: { kind: 'classifier', path: join(folder, classifier.path) }, run };
}

/** The checkpoint of a pretraining, or the encoder inside a classifier when its run was named. */
async function encoderSource({ read, folder }: ReadOnlyLibrary, text: string | null): Promise<Source> {
  const run = text === null ? await read.latestPretrained() : await read.requireRun(text);
  if (run === null) throw genoiseError('no-checkpoint', { run: '' });
  const checkpoint = await read.latestCheckpoint(run.id);
  if (checkpoint !== null) {
    return { source: { kind: 'pretrained-encoder', path: join(folder, checkpoint.path) }, run };
  }
  const classifier = await read.getClassifier(run.id);
  if (classifier === null) throw genoiseError('no-checkpoint', { run: String(run.id) });
  return { source: { kind: 'classifier-encoder', path: join(folder, classifier.path) }, run };
}

/** Held-out images, spread over all of them; of a project without any, a sample of its images. */
async function originalsToCheck({
  read,
}: ReadOnlyLibrary): Promise<Pick<ExportRequest, 'originals' | 'originalsAre'>> {
  const { images, areHeldOut } = await read.spreadImages(mostOriginals);
  const folders = new Map((await read.listRoots()).map((root) => [root.id, root.folder]));
  return {
    originals: images.flatMap((image) => originalOf(image, folders.get(image.rootId))),
    originalsAre: areHeldOut ? 'held-out' : 'sample',
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

async function factsOf({ read, folder }: ReadOnlyLibrary, run: RunRow): Promise<CardFacts> {
  const { ready, distinct, heldOut } = await read.countImages();
  const labels = await read.countLabels();
  const measurements = await read.listEvaluations(run.id);
  return {
    project: basename(folder),
    images: { usable: ready, different: distinct, heldOut },
    labels: labels.map(({ name, training, heldOut: held }) => ({ name, training, heldOut: held })),
    pretraining: await pretrainingFacts(read, run),
    measurements: measurements.map(({ on, metrics, measuredAt }) => ({
      on,
      evaluation: metrics as unknown as Evaluation,
      measuredAt,
    })),
  };
}

async function pretrainingFacts(
  read: ReadOnlyLibrary['read'],
  run: RunRow,
): Promise<CardFacts['pretraining']> {
  const parent = run.parentRunId === null ? null : await read.getRun(run.parentRunId);
  const pretraining = run.kind === 'pretrain' ? run : parent;
  if (pretraining === null) return null;
  const figures = await read.latestMetrics(pretraining.id);
  return {
    run: pretraining.id,
    method: pretraining.method ?? '',
    steps: pretraining.doneSteps,
    figures: Object.fromEntries(figures.map(({ name, value }) => [name, value])),
  };
}
