import { folderClass } from '../../shared/folderClass.ts';
import { genoiseError } from '../../shared/errors.ts';
import { measureClassifier } from '../classify/measureClassifier.ts';
import { decodeFolderToStore, type DecodedFile } from '../importer/decodeFolderToStore.ts';
import { openPixelStore } from '../importer/pixelStore.ts';
import { createEncoder } from '../nn/createEncoder.ts';
import { readClassifier } from '../training/classifierFile.ts';
import { cancelledOr } from './cancelledOr.ts';
import { executorFor } from './executorFor.ts';
import type { EvaluateProgress, EvaluateRequest, EvaluateResult } from '../../shared/classifying.ts';
import type { JobHost } from '../../shared/jobs.ts';
import type { LabelledSlots } from '../../shared/trainingEvents.ts';

/**
 * Measures a saved classifier on held-out images of a project, or on a folder of test images.
 * @throws no-held-out-labels, no-such-folder, no-images, test-class-unknown, checkpoint-corrupted, cancelled
 */
export async function runEvaluate(
  request: EvaluateRequest,
  host: JobHost<'evaluate'>,
): Promise<EvaluateResult> {
  try {
    return await evaluate(request, host);
  } catch (error) {
    throw cancelledOr(error, host.signal, 'evaluation');
  }
}

async function evaluate(
  { device, classifierPath, images }: EvaluateRequest,
  host: JobHost<'evaluate'>,
): Promise<EvaluateResult> {
  const { metadata, weights } = readClassifier(classifierPath);
  const report = (progress: EvaluateProgress): void => void host.report(progress);
  const { pixelFolder, labelled, unreadable, withoutClass } =
    images.kind === 'held-out'
      ? { ...images, unreadable: 0, withoutClass: 0 }
      : await readTestFolder(images, metadata.classes, metadata.slotSize, report, host.signal);
  const store = openPixelStore(pixelFolder);
  try {
    const { evaluation, answers } = await measureClassifier({
      executor: await executorFor(device),
      store,
      encoder: createEncoder(metadata.encoder),
      imageSize: metadata.imageSize,
      weights,
      classes: metadata.classes,
      labelled,
      signal: host.signal,
      onProgress: (done, total) => report({ phase: 'measuring', done, total }),
    });
    const on = images.kind === 'held-out' ? 'held-out' : 'test-folder';
    return { on, evaluation, answers, unreadable, withoutClass };
  } finally {
    store.close();
  }
}

interface TestImages {
  readonly pixelFolder: string;
  readonly labelled: LabelledSlots;
  readonly unreadable: number;
  readonly withoutClass: number;
}

/** Decodes the folder as an import would, into slots of the size that the classifier was trained on. */
async function readTestFolder(
  { folder, scratchFolder }: Extract<EvaluateRequest['images'], { kind: 'folder' }>,
  classes: readonly string[],
  slotSize: number,
  report: (progress: EvaluateProgress) => void,
  signal: AbortSignal,
): Promise<TestImages> {
  const onProgress = ({ done, total }: { done: number; total: number }): void =>
    report({ phase: 'reading', done, total });
  const files = await decodeFolderToStore(folder, scratchFolder, slotSize, onProgress, signal);
  return { pixelFolder: scratchFolder, ...labelFiles(folder, files, classes) };
}

function labelFiles(
  folder: string,
  files: readonly DecodedFile[],
  classes: readonly string[],
): Omit<TestImages, 'pixelFolder'> {
  const readable = files.flatMap((file) =>
    file.slot === null ? [] : [{ slot: file.slot, name: folderClass(file.relativePath) }],
  );
  const named = readable.flatMap(({ slot, name }) => (name === null ? [] : [{ slot, name }]));
  const unknown = [...new Set(named.map(({ name }) => name))].filter((name) => !classes.includes(name));
  if (unknown.length > 0) {
    throw genoiseError('test-class-unknown', { folder, classes: unknown, known: classes });
  }
  return {
    labelled: {
      slots: named.map(({ slot }) => slot),
      classes: named.map(({ name }) => classes.indexOf(name)),
    },
    unreadable: files.length - readable.length,
    withoutClass: readable.length - named.length,
  };
}
