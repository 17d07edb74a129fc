import { basename } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import { exportClassifier } from './exportClassifier.ts';
import { exportLabels } from './exportLabels.ts';
import { listExportedItems } from './exportLists.ts';
import { fileNamePart, projectNamePart, storedExportPath, unusedExportPath } from './exportPaths.ts';
import { predictFolder } from './predictFolder.ts';
import { requireFolder } from './requireFolder.ts';
import type { ExportFacts, LabelFormat } from '../../shared/exports.ts';
import type { ExportProgress } from '../../shared/exporting.ts';
import type { RunId } from '../../shared/records.ts';
import type { Library } from '../library/client.ts';
import type { ApplicationContext } from './context.ts';
import type { JobContext, JobReport } from './jobQueue.ts';

export interface ModelOrder {
  readonly runId: RunId;
  /** The encoder alone. */
  readonly encoder: boolean;
  /** The folder that gets it; null: the project's own for exports. */
  readonly into: string | null;
}

/** Of what could not be read, for people. */
const mostNamed = 20;

/** @throws no-classifier, no-checkpoint, no-such-folder */
export async function startModelExport(context: ApplicationContext, order: ModelOrder): Promise<void> {
  const library = context.library();
  await requireModel(library, order);
  if (order.into !== null) requireFolder(order.into);
  context.jobs.start({
    kind: 'export',
    lane: 'compute',
    title: order.encoder ? 'Exporting the encoder' : 'Exporting the classifier',
    run: async (job) => {
      await exportModel(context, library, order, job);
    },
  });
}

async function requireModel({ read }: Library, { runId, encoder }: ModelOrder): Promise<void> {
  const run = String(runId);
  if (!encoder) await read.requireClassifier(run);
  else if ((await read.latestCheckpoint(runId)) === null && (await read.getClassifier(runId)) === null) {
    throw genoiseError('no-checkpoint', { run });
  }
}

/** @returns the folder that was made */
async function exportModel(
  context: ApplicationContext,
  library: Library,
  { runId, encoder, into }: ModelOrder,
  { report, signal, setRun }: JobContext,
): Promise<string> {
  setRun(runId);
  const kind = encoder ? 'encoder' : 'classifier';
  // Not before its turn comes: of two exports that wait, the second gets another name.
  const path = unusedExportPath(library, into, `${projectNamePart(library)}-${kind}`);
  const onProgress = (progress: ExportProgress): void => report(modelReport(progress));
  const options = { out: path, encoder, run: String(runId) };
  const result = await exportClassifier(library, options, onProgress, signal);
  const { classes, sameInput, originalFiles, folder } = result;
  await keep(context, library, { runId, path: folder, facts: { kind, classes, sameInput, originalFiles } });
  return folder;
}

const phases: Readonly<Record<ExportProgress['phase'], string>> = {
  writing: 'writing the files',
  'checking-numbers': 'checking that the file computes the same',
  'checking-files': 'checking it on your original files',
};

function modelReport({ phase, done, total }: ExportProgress): JobReport {
  const unit = phase === 'writing' ? 'files' : 'images';
  return { note: phases[phase], progress: total > 0 ? { done, total, unit } : null };
}

async function keep(
  context: ApplicationContext,
  library: Library,
  {
    runId,
    path,
    facts,
  }: { readonly runId: RunId | null; readonly path: string; readonly facts: ExportFacts },
): Promise<void> {
  await library.write.addExport({ runId, path: storedExportPath(library, path), facts });
  context.changed('exports');
}

const labelNames: Readonly<Record<LabelFormat, string>> = {
  csv: 'labels.csv',
  imagefolder: 'labels-imagefolder',
  coco: 'labels-coco.json',
};

/** @throws no-labels, no-such-folder */
export async function startLabelExport(
  context: ApplicationContext,
  format: LabelFormat,
  into: string | null,
): Promise<void> {
  const library = context.library();
  const counts = await library.read.countLabels();
  if (counts.every(({ training, heldOut }) => training + heldOut === 0)) throw genoiseError('no-labels', {});
  if (into !== null) requireFolder(into);
  context.jobs.start({
    kind: 'export',
    // Copies files and computes nothing, so that it need not wait for a training.
    lane: 'import',
    title: 'Exporting the labels',
    run: async ({ report }) => {
      const path = unusedExportPath(library, into, `${projectNamePart(library)}-${labelNames[format]}`);
      report({ note: format === 'imagefolder' ? 'copying the images' : 'writing the file' });
      const { labels, skipped } = await exportLabels(library, format, path);
      const skippedFirst = skipped.slice(0, mostNamed);
      const facts = { kind: 'labels', format, labels, skipped: skipped.length, skippedFirst } as const;
      await keep(context, library, { runId: null, path, facts });
    },
  });
}

export interface PredictionOrder {
  readonly runId: RunId;
  readonly imageFolder: string;
  readonly into: string | null;
}

/** Exports the classifier first where it was not yet. @throws no-classifier, no-such-folder */
export async function startPredictions(context: ApplicationContext, order: PredictionOrder): Promise<void> {
  const { runId, imageFolder, into } = order;
  const library = context.library();
  await library.read.requireClassifier(String(runId));
  requireFolder(imageFolder);
  if (into !== null) requireFolder(into);
  context.jobs.start({
    kind: 'predict',
    lane: 'compute',
    title: `Answering the images of “${basename(imageFolder)}”`,
    run: async (job) => {
      const classifierFolder = await exportedClassifier(context, library, runId, job);
      const name = `predictions-${fileNamePart(basename(imageFolder))}.csv`;
      const csvPath = unusedExportPath(library, into, name);
      const began = Date.now();
      const { predicted, counts, unreadable, csv } = await predictFolder(
        { classifierFolder, imageFolder, csvPath },
        (progress) => job.report(predictionReport(progress, Date.now() - began)),
        job.signal,
      );
      const unreadableFirst = unreadable.slice(0, mostNamed);
      const facts = { kind: 'predictions', imageFolder, predicted, counts, unreadableFirst } as const;
      await keep(context, library, { runId, path: csv, facts: { ...facts, unreadable: unreadable.length } });
    },
  });
}

/** The newest export of this run that is still there, or a new one. */
async function exportedClassifier(
  context: ApplicationContext,
  library: Library,
  runId: RunId,
  job: JobContext,
): Promise<string> {
  const known = (await listExportedItems(library)).find(
    (item) => item.runId === runId && item.facts.kind === 'classifier' && item.exists,
  );
  if (known !== undefined) return known.path;
  return exportModel(context, library, { runId, encoder: false, into: null }, job);
}

function predictionReport({ done, total }: { done: number; total: number }, ms: number): JobReport {
  const rate = done / Math.max(0.001, ms / 1000);
  return {
    note: 'answering the images',
    progress: { done, total, unit: 'images' },
    rate: { value: rate, unit: 'images/s' },
    etaSeconds: done > 0 ? (total - done) / rate : null,
  };
}
