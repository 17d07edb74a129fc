import { quickProbe } from '../classify/quickProbe.ts';
import { randomStream, type Random } from '../nn/random.ts';
import { chooseTypical } from '../select/chooseTypical.ts';
import { chooseUncertain } from '../select/chooseUncertain.ts';
import { createRowProducts, pickRows, type RowProducts, type Rows } from '../select/rowProducts.ts';
import { spreadAmong } from '../select/spreadAmong.ts';
import { readUnitRows } from '../training/embeddingsFile.ts';
import { cancelledOr } from './cancelledOr.ts';
import { executorFor } from './executorFor.ts';
import type { Executor } from '../engine/execute/executor.ts';
import type { JobHost } from '../../shared/jobs.ts';
import type {
  SuggestedRow,
  SuggestionReason,
  SuggestRequest,
  SuggestResult,
} from '../../shared/selecting.ts';

/** From here on the least certain images teach more than typical ones (70 to 110 in published comparisons). */
export const labelsPerClassForMargin = 50;
/** More candidates are as good as these many of them, drawn: at 512 numbers a vector they take 200 MB. */
const mostCandidates = 100_000;
/** More labels than a quick probe needs. */
const mostLabels = 5000;

/**
 * Chooses what to label next.
 * @throws cannot-read, checkpoint-corrupted for the file of embeddings; cancelled
 */
export async function runSuggest(request: SuggestRequest, host: JobHost<'suggest'>): Promise<SuggestResult> {
  const random = randomStream(request.seed, 'suggest', request.labelled.slots.length);
  try {
    const chosen = await choose(request, random, host.signal);
    const heldOut = draw(request.heldOutCandidates, request.heldOutCount, random).map((row) =>
      suggested(row, 'random', true),
    );
    return { suggestions: spreadAmong(chosen, heldOut) };
  } catch (error) {
    throw cancelledOr(error, host.signal, 'choice of images to label');
  }
}

function suggested(
  row: number,
  reason: SuggestionReason,
  heldOut = false,
  probabilities: readonly number[] | null = null,
): SuggestedRow {
  return { row, heldOut, reason, probabilities };
}

async function choose(request: SuggestRequest, random: Random, signal: AbortSignal): Promise<SuggestedRow[]> {
  const { embeddings, count, candidates } = request;
  const reason = reasonOf(request);
  const drawn = (): SuggestedRow[] =>
    draw(candidates.length, count, random).map((row) => suggested(row, 'random'));
  if (embeddings === null || reason === 'random' || count === 0) return drawn();
  const known = readKnown(request, embeddings, random);
  if (known.candidates.length === 0) return drawn();
  const executor = await executorFor('cpu');
  const products = createRowProducts(executor, known.rows.size);
  try {
    const choice: Choice = { ...known, request, random, products, executor, signal };
    const found = reason === 'typical' ? await typical(choice) : await uncertain(choice);
    const chosen = found.map((each) => ({ ...each, row: known.candidates[each.row] }));
    // Images that came after the embedding have no other way to be asked about.
    const rows = new Set(chosen.map(({ row }) => row));
    const more = drawn().filter(({ row }) => !rows.has(row));
    return [...chosen, ...more.slice(0, count - chosen.length)];
  } finally {
    await products.dispose();
  }
}

/** Images with embeddings; those that came after the embedding have none. */
interface Known {
  /** First the candidates, then the labelled ones. */
  readonly rows: Rows;
  /** Which of the request's candidates the first rows are. */
  readonly candidates: Int32Array;
  /** Classes of the other rows. */
  readonly labels: readonly number[];
}

function readKnown({ candidates, labelled }: SuggestRequest, embeddings: string, random: Random): Known {
  const considered = Int32Array.from(draw(candidates.length, mostCandidates, random)).sort();
  const learnt = draw(labelled.slots.length, mostLabels, random);
  const slots = new Int32Array(considered.length + learnt.length);
  considered.forEach((row, i) => (slots[i] = candidates[row]));
  learnt.forEach((row, i) => (slots[considered.length + i] = labelled.slots[row]));
  const all = readUnitRows(embeddings, slots);
  const places = Int32Array.from(slots.keys()).filter((i) => all.present[i] === 1);
  return {
    rows: places.length === all.count ? all : pickRows(all, places),
    candidates: places.filter((i) => i < considered.length).map((i) => considered[i]),
    labels: [...places]
      .filter((i) => i >= considered.length)
      .map((i) => labelled.classes[learnt[i - considered.length]]),
  };
}

function reasonOf({ order, labelled, classCount }: SuggestRequest): SuggestionReason {
  const canProbe = classCount >= 2 && new Set(labelled.classes).size >= 2;
  if (order === 'uncertain') return canProbe ? 'uncertain' : 'typical';
  if (order !== 'auto') return order;
  const enough = labelled.slots.length >= labelsPerClassForMargin * classCount;
  return canProbe && enough ? 'uncertain' : 'typical';
}

interface Choice extends Known {
  readonly request: SuggestRequest;
  readonly random: Random;
  readonly products: RowProducts;
  readonly executor: Executor;
  readonly signal: AbortSignal;
}

async function typical({ request, rows, candidates, ...tools }: Choice): Promise<SuggestedRow[]> {
  const labelled = new Uint8Array(rows.count).fill(1, candidates.length);
  const chosen = await chooseTypical({ ...tools, rows, labelled, count: request.count });
  return chosen.map((row) => suggested(row, 'typical'));
}

async function uncertain(choice: Choice): Promise<SuggestedRow[]> {
  const { request, rows: all, candidates, labels, executor, signal } = choice;
  if (new Set(labels).size < 2) return typical(choice);
  const { classCount, count } = request;
  const rows = slice(all, 0, candidates.length);
  const learnt = slice(all, candidates.length, all.count);
  const probabilities = await quickProbe(executor, learnt, labels, classCount, rows, signal);
  const chosen = await chooseUncertain({ ...choice, rows, probabilities, classCount, count });
  return chosen.map((row) => {
    const own = probabilities.subarray(row * classCount, (row + 1) * classCount);
    return suggested(row, 'uncertain', false, [...own]);
  });
}

/** Rows `from` to `to`, in the same memory. */
function slice({ data, size }: Rows, from: number, to: number): Rows {
  return { data: data.subarray(from * size, to * size), count: to - from, size };
}

/** Up to `count` of the numbers 0 … n − 1, in random order. */
function draw(n: number, count: number, random: Random): number[] {
  return [...random.permutation(n).subarray(0, count)];
}
