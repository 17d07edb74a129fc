import { genoiseError } from '../../shared/errors.ts';
import { openExportedModel } from './exportedModel.ts';
import type { SameInputCheck } from '../../shared/exporting.ts';
import type { PixelStore } from '../importer/pixelStore.ts';
import type { CheckImages } from './checkImages.ts';

/** What the app itself answers: each output row-major, a row an image. Probabilities are made from the logits. */
export interface AppAnswers {
  /** [n, d]. */
  readonly embedding: ArrayLike<number>;
  /** [n, C]; null for an encoder. */
  readonly logits: ArrayLike<number> | null;
}

/** The app's own way from slots to answers: the one that its evaluations take. */
export type AskApp = (store: PixelStore, slots: readonly number[]) => Promise<AppAnswers>;

const allowed = 1e-4;

/**
 * Puts the same uint8 pixels through the written file and through the app.
 * @throws export-mismatch when an output differs by more than 10⁻⁴ (relative to the largest value where that is above 1)
 */
export async function checkSameInput(
  modelPath: string,
  { store, images }: CheckImages,
  askApp: AskApp,
): Promise<SameInputCheck> {
  const slots = images.map((_, slot) => slot);
  const { embedding, logits } = await askApp(store, slots);
  const expected: Record<string, ArrayLike<number>> = {
    embedding,
    ...(logits && { logits, probabilities: softmaxRows(logits, images.length) }),
  };
  const found = await runAll(modelPath, images);
  const differences = Object.fromEntries(
    Object.entries(expected).map(([name, values]) => [name, largestDifference(values, found[name])]),
  );
  const sizes = new Set(images.map(({ height, width }) => `${height} ${width}`)).size;
  const [worst, difference] = Object.entries(differences).sort(([, a], [, b]) => compare(b, a))[0];
  if (!(difference <= allowed)) {
    throw genoiseError('export-mismatch', {
      check: `the same pixels through both, ${worst}`,
      agreement: `difference ${difference.toExponential(1)}`,
      required: `at most ${allowed}`,
    });
  }
  return { images: images.length, sizes, differences, allowed };
}

/** NaN before everything else. */
function compare(a: number, b: number): number {
  return (Number.isNaN(a) ? Infinity : a) - (Number.isNaN(b) ? Infinity : b);
}

async function runAll(
  modelPath: string,
  images: CheckImages['images'],
): Promise<Readonly<Record<string, readonly number[]>>> {
  const model = await openExportedModel(modelPath);
  try {
    const rows: Record<string, number[]> = {};
    for (const image of images) {
      for (const [name, values] of Object.entries(await model.run(image)))
        (rows[name] ??= []).push(...values);
    }
    return rows;
  } finally {
    await model.release();
  }
}

function softmaxRows(logits: ArrayLike<number>, rows: number): Float64Array {
  const classes = logits.length / rows;
  const result = new Float64Array(logits.length);
  for (let row = 0; row < rows; row++) {
    const own = Array.from({ length: classes }, (_, c) => logits[row * classes + c]);
    const highest = Math.max(...own);
    const powers = own.map((logit) => Math.exp(logit - highest));
    const sum = powers.reduce((total, power) => total + power, 0);
    powers.forEach((power, c) => (result[row * classes + c] = power / sum));
  }
  return result;
}

/** NaN when the two have not the same number of values, or one of them is none. */
function largestDifference(expected: ArrayLike<number>, found: ArrayLike<number> | undefined): number {
  if (found?.length !== expected.length) return NaN;
  let [scale, largest] = [1, 0];
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]));
    largest = Math.max(largest, Math.abs(expected[i] - found[i]));
  }
  return largest / scale;
}
