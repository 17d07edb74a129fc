import { statSync } from 'node:fs';
import { genoiseError } from '../../shared/errors.ts';
import { runSnippet, type SnippetAnswer, type SnippetOptions } from './runSnippet.ts';
import type { ExportRequest, OriginalFile, OriginalFilesCheck } from '../../shared/exporting.ts';
import type { PixelStore } from '../importer/pixelStore.ts';
import type { AppAnswers, AskApp } from './sameInput.ts';

const required = 0.99;
/** Cosine of two embeddings that count as the same. */
const sameEmbedding = 0.999;
/** What the scripts, and sharp, say of a kind of image that is not for them. */
const unsupported = /unsupported image/;

export interface OriginalFilesOptions extends Omit<SnippetOptions, 'flags'> {
  /** The exported script. */
  readonly script: string;
  readonly store: PixelStore;
  readonly originals: readonly OriginalFile[];
  readonly originalsAre: ExportRequest['originalsAre'];
  /** Of a classifier, in the order of its outputs; null for an encoder. */
  readonly classes: readonly string[] | null;
  readonly askApp: AskApp;
}

/**
 * Lets a second process decode and answer the original files with the exported script, and compares with what the app
 * answers for the same images. Files that are gone or changed since the import are left out.
 * @throws export-mismatch when fewer than 99 % of the answers are the same
 */
export async function checkOriginalFiles(options: OriginalFilesOptions): Promise<OriginalFilesCheck> {
  const { script, store, originals, originalsAre, classes, askApp } = options;
  const present = originals.filter(isUnchanged);
  const counts = { on: originalsAre, leftOut: originals.length - present.length, required };
  if (present.length === 0) return { ...counts, files: 0, same: 0, notRead: 0 };
  const slots = present.map(({ slot }) => slot);
  const app = await askApp(store, slots);
  const answers = await runSnippet(
    script,
    present.map(({ path }) => path),
    { ...options, flags: classes ? ['--json'] : [] },
  );
  const isSame = classes ? sameLabels(app, classes) : sameEmbeddings(app, present.length);
  const notRead = answers.filter(({ error }) => error !== undefined && unsupported.test(error)).length;
  const files = answers.length - notRead;
  const same = answers.filter(isSame).length;
  if (same < required * files) {
    throw genoiseError('export-mismatch', {
      check: 'the original files in a process of their own',
      agreement: `${same} of ${files} answers the same`,
      required: `at least ${required * 100} %`,
    });
  }
  return { ...counts, files, same, notRead };
}

function isUnchanged({ path, byteSize, mtime }: OriginalFile): boolean {
  try {
    const found = statSync(path);
    return found.size === byteSize && Math.floor(found.mtimeMs) === mtime;
  } catch {
    return false;
  }
}

type IsSame = (answer: SnippetAnswer, row: number) => boolean;

function sameLabels({ logits }: AppAnswers, classes: readonly string[]): IsSame {
  if (!logits) throw new Error('the app gave no logits');
  return ({ label }, row) => {
    let best = 0;
    const at = (c: number): number => logits[row * classes.length + c];
    for (let c = 1; c < classes.length; c++) if (at(c) > at(best)) best = c;
    return label === classes[best];
  };
}

function sameEmbeddings({ embedding }: AppAnswers, rows: number): IsSame {
  const size = embedding.length / rows;
  return ({ embedding: found }, row) => {
    if (found?.length !== size) return false;
    let [dot, own, other] = [0, 0, 0];
    found.forEach((value, j) => {
      const expected = embedding[row * size + j];
      dot += value * expected;
      own += expected * expected;
      other += value * value;
    });
    if (own === 0 || other === 0) return own === other;
    return dot >= sameEmbedding * Math.sqrt(own * other);
  };
}
