import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import { openExportedModel, type ExportedModel } from './exportedModel.ts';
import { readModelInfo, type ModelInfo } from './modelInfo.ts';

/** A classifier that is used as it was exported. */
export interface ExportedClassifier {
  readonly info: ModelInfo;
  readonly model: ExportedModel;
}

/**
 * Opens the classifier in a folder that an export made; `classifier.onnx` alone is enough.
 * @throws no-such-folder, not-a-classifier
 */
export async function openExportedClassifier(folder: string): Promise<ExportedClassifier> {
  const refuse = (reason: string, cause?: unknown): Error =>
    genoiseError('not-a-classifier', { folder, reason }, cause);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw genoiseError('no-such-folder', { folder });
  }
  const path = join(folder, 'classifier.onnx');
  if (!existsSync(path)) {
    const encoder = existsSync(join(folder, 'encoder.onnx'));
    throw refuse(encoder ? 'it holds an encoder, which has no classes' : 'there is no classifier.onnx in it');
  }
  const info = readModelInfo(path);
  if (info?.kind !== 'classifier') {
    throw refuse('its classifier.onnx is damaged, or was not written by Genoise');
  }
  try {
    return { info, model: await openExportedModel(path) };
  } catch (error) {
    throw refuse('its classifier.onnx is damaged', error);
  }
}
