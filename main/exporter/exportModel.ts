import { join } from 'node:path';
import { lowerPortable } from '../engine/lower/portable/lowerPortable.ts';
import { checkImages } from './checkImages.ts';
import { exportFileNames, openExportFolder, type ExportFolder } from './exportFolder.ts';
import { graphOf, infoOf, readSubject, type ExportSubject } from './exportSubject.ts';
import { modelCard } from './modelCard.ts';
import { encodeModelInfo } from './modelInfo.ts';
import { checkOriginalFiles } from './originalFiles.ts';
import { checkSameInput, type AskApp } from './sameInput.ts';
import { snippetText } from './snippetFiles.ts';
import { torchvisionWeights } from './torchvisionWeights.ts';
import type {
  ExportProgress,
  ExportRequest,
  ExportResult,
  OriginalFilesCheck,
  SameInputCheck,
} from '../../shared/exporting.ts';
import type { PixelStore } from '../importer/pixelStore.ts';
import type { ByteWriter } from '../training/writeFileAtomically.ts';

export interface ExportTools {
  readonly store: PixelStore;
  /** How the app itself answers with what is exported. */
  readonly askAppWith: (subject: ExportSubject) => AskApp;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ExportProgress) => void;
  readonly writeBytes?: ByteWriter;
}

/**
 * Writes a classifier or an encoder with everything that is needed to use it, and checks the written file against the
 * app. The folder appears only when all of it is there and both checks hold.
 * @throws checkpoint-corrupted, cannot-read, cannot-write, disk-full, export-mismatch; the signal's reason when aborted
 */
export async function exportModel(request: ExportRequest, tools: ExportTools): Promise<ExportResult> {
  const folder = openExportFolder(request.outputFolder, tools.writeBytes);
  try {
    tools.onProgress?.({ phase: 'writing', done: 0, total: 1 });
    const subject = readSubject(request);
    writeFiles(folder, subject, request.appVersion);
    const checked = await check(folder, subject, request, tools);
    const { facts, appVersion } = request;
    folder.write('MODEL_CARD.md', modelCard({ subject, facts, appVersion, date: new Date(), ...checked }));
    tools.signal?.throwIfAborted();
    folder.commit();
    const files = exportFileNames[subject.classes ? 'classifier' : 'encoder'];
    return { folder: request.outputFolder, files, classes: subject.classes ?? [], ...checked };
  } finally {
    folder.discard();
  }
}

function writeFiles(folder: ExportFolder, subject: ExportSubject, appVersion: string): void {
  const { classes, longestSide } = subject;
  const info = infoOf(subject, appVersion);
  const { model } = lowerPortable(graphOf(subject), {
    name: info.kind,
    docString: `${info.kind === 'classifier' ? 'An image classifier' : 'An image encoder'} by Genoise; see MODEL_CARD.md.`,
    metadata: encodeModelInfo(info),
  });
  folder.write(modelName(subject), [model]);
  if (classes) {
    folder.write('labels.json', `${JSON.stringify(classes, null, 2)}\n`);
    for (const name of ['predict.mjs', 'predict.py'] as const)
      folder.write(name, snippetText(name, longestSide));
  } else {
    folder.write('encoder.safetensors', torchvisionWeights(subject.weights, info));
    for (const name of ['embed.mjs', 'embed.py'] as const) folder.write(name, snippetText(name, longestSide));
  }
}

interface Checked {
  readonly sameInput: SameInputCheck;
  readonly originalFiles: OriginalFilesCheck;
}

async function check(
  folder: ExportFolder,
  subject: ExportSubject,
  request: ExportRequest,
  { store, askAppWith, signal, onProgress }: ExportTools,
): Promise<Checked> {
  const { originals, originalsAre } = request;
  const { classes } = subject;
  const askApp = askAppWith(subject);
  signal?.throwIfAborted();
  onProgress?.({ phase: 'checking-numbers', done: 0, total: 1 });
  const slots = originals.map(({ slot }) => slot);
  const sameInput = await checkSameInput(
    join(folder.path, modelName(subject)),
    checkImages(store, slots),
    askApp,
  );
  const progress = (done: number): void =>
    onProgress?.({ phase: 'checking-files', done, total: originals.length });
  progress(0);
  const originalFiles = await checkOriginalFiles({
    script: join(folder.path, classes ? 'predict.mjs' : 'embed.mjs'),
    store,
    originals,
    originalsAre,
    classes,
    askApp,
    signal,
    onProgress: progress,
  });
  return { sameInput, originalFiles };
}

function modelName({ classes }: ExportSubject): string {
  return classes ? 'classifier.onnx' : 'encoder.onnx';
}
