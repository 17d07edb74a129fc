import { availableParallelism } from 'node:os';
import { genoiseError } from '../../shared/errors.ts';
import { openExportedClassifier, type ExportedClassifier } from '../exporter/exportedClassifier.ts';
import { openPredictionTable, type Prediction } from '../exporter/predictionTable.ts';
import { predictImages } from '../exporter/predictImages.ts';
import { decodeImage, type DecodedImage, type Unreadable } from '../importer/decodeImage.ts';
import { inOrder } from '../importer/inOrder.ts';
import { readImageFile } from '../importer/readImageFile.ts';
import { rawPath, scanFolder, type ScannedFile } from '../importer/scanFolder.ts';
import type { PredictRequest, PredictResult } from '../../shared/exporting.ts';
import type { JobHost } from '../../shared/jobs.ts';
import type { RgbImages } from '../exporter/exportedModel.ts';

const filesInFlight = Math.max(2, availableParallelism() + 1);
/** Images kept before they go through the model. */
const batchSize = 32;

/**
 * Answers every image below a folder with an exported classifier, which needs no project, into a CSV file.
 * Files that cannot be read are listed in the result.
 * @throws no-such-folder, not-a-classifier, no-images, disk-full, cannot-write, cancelled
 */
export async function runPredict(request: PredictRequest, host: JobHost<'predict'>): Promise<PredictResult> {
  const classifier = await openExportedClassifier(request.classifierFolder);
  try {
    return await predict(classifier, request, host);
  } finally {
    await classifier.model.release();
  }
}

async function predict(
  { info, model }: ExportedClassifier,
  { imageFolder, csvPath }: PredictRequest,
  host: JobHost<'predict'>,
): Promise<PredictResult> {
  const { files } = await scanFolder(imageFolder, { signal: host.signal });
  if (files.length === 0) throw genoiseError('no-images', { folder: imageFolder });
  const table = openPredictionTable(csvPath, info.classes);
  const images = new Array<number>(info.classes.length).fill(0);
  const unreadable: { file: string; reason: string }[] = [];
  const answer = async (batch: readonly ReadFile[]): Promise<void> => {
    const predictions = await answersOf(batch, model);
    for (const { answer } of predictions) images[answer] += 1;
    table.add(predictions);
  };
  try {
    let [done, batch]: [number, ReadFile[]] = [0, []];
    for await (const { file, decoded } of inOrder(files, filesInFlight, (file) =>
      read(imageFolder, file, info.longestSide),
    )) {
      host.signal.throwIfAborted();
      if ('reason' in decoded) unreadable.push({ file, reason: decoded.reason });
      else batch.push({ file, image: decoded });
      if (++done < files.length && batch.length < batchSize) continue;
      await answer(batch);
      batch = [];
      void host.report({ done, total: files.length });
    }
    table.commit();
  } finally {
    table.discard();
  }
  const counts = info.classes.map((name, i) => ({ name, images: images[i] }));
  return { predicted: files.length - unreadable.length, counts, unreadable };
}

interface ReadFile {
  readonly file: string;
  readonly image: RgbImages;
}

/** Decoded exactly as an import does. */
async function read(
  folder: string,
  { relativePath }: ScannedFile,
  longestSide: number,
): Promise<{ readonly file: string; readonly decoded: RgbImages | Unreadable }> {
  const file = relativePath.toString();
  const content = readImageFile(rawPath(folder, relativePath));
  if ('reason' in content) return { file, decoded: content };
  const decoded = await decodeImage(content.bytes, longestSide);
  return { file, decoded: 'reason' in decoded ? decoded : interleaved(decoded, longestSide) };
}

/** The image in the corner of its slot [3, M, M] as [h, w, 3]. */
function interleaved({ pixels, slotHeight, slotWidth }: DecodedImage, slotSize: number): RgbImages {
  const result = new Uint8Array(slotHeight * slotWidth * 3);
  const plane = slotSize * slotSize;
  for (let y = 0, to = 0; y < slotHeight; y++) {
    for (let from = y * slotSize; from < y * slotSize + slotWidth; from++) {
      for (let channel = 0; channel < 3; channel++) result[to++] = pixels[from + channel * plane];
    }
  }
  return { pixels: result, count: 1, height: slotHeight, width: slotWidth };
}

async function answersOf(
  batch: readonly ReadFile[],
  model: ExportedClassifier['model'],
): Promise<Prediction[]> {
  const rows = await predictImages(
    model,
    batch.map(({ image }) => image),
  );
  return batch.map(({ file }, i) => {
    const probabilities = rows[i];
    const answer = probabilities.reduce((best, value, c) => (value > probabilities[best] ? c : best), 0);
    return { file, answer, probabilities };
  });
}
