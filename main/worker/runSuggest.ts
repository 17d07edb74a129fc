import { quickProbe } from '../classify/quickProbe.ts';
import { randomStream, type Random } from '../nn/random.ts';
import { chooseCandidates } from '../select/chooseCandidates.ts';
import { chooseTypical } from '../select/chooseTypical.ts';
import { chooseUncertain } from '../select/chooseUncertain.ts';
import { createRowProducts, pickRows, type RowProducts, type Rows } from '../select/rowProducts.ts';
import { spreadAmong } from '../select/spreadAmong.ts';
import { readUnitRows } from '../training/embeddingsFile.ts';
import { cancelledOr } from './cancelledOr.ts';
import { executorFor } from './executorFor.ts';
import type { Executor } from '../engine/execute/executor.ts';
import type { JobHost } from '../../shared/jobs.ts';
import type { LabelledSlots } from '../../shared/trainingEvents.ts';
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
  const { pool, classIds, exclude, count, heldOutShare } = request;
  const { candidates, heldOut, labelled } = chooseCandidates(pool, classIds, new Set(exclude));
  const wished = Math.min(heldOut.length, Math.round(count * heldOutShare));
  const fromTraining = Math.min(candidates.length, count - wished);
  const random = randomStream(request.seed, 'suggest', labelled.slots.length);
  try {
    const round = { request, candidates, labelled, count: fromTraining };
    const chosen = await choose(round, random, host.signal);
    const drawn = draw(heldOut.length, count - fromTraining, random);
    return {
      suggestions: spreadAmong(
        chosen.map((each) => ({ ...each, row: candidates[each.row] })),
        drawn.map((i) => suggested(heldOut[i], 'random', true)),
      ),
    };
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

/** The part of a request that is chosen, not drawn to measure on. */
interface Round {
  readonly request: SuggestRequest;
  /** Rows of the pool. */
  readonly candidates: Int32Array;
  readonly labelled: LabelledSlots;
  /** How many of the candidates. */
  readonly count: number;
}

/** @returns rows of the candidates */
async function choose(round: Round, random: Random, signal: AbortSignal): Promise<SuggestedRow[]> {
  const { candidates, count } = round;
  const { embeddings } = round.request;
  const reason = reasonOf(round);
  const drawn = (): SuggestedRow[] =>
    draw(candidates.length, count, random).map((row) => suggested(row, 'random'));
  if (embeddings === null || reason === 'random' || count === 0) return drawn();
  const known = readKnown(round, embeddings, random);
  if (known.candidates.length === 0) return drawn();
  const executor = await executorFor('cpu');
  const products = createRowProducts(executor, known.rows.size);
  try {
    const choice: Choice = { ...known, round, random, products, executor, signal };
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
  /** Which of the round's candidates the first rows are. */
  readonly candidates: Int32Array;
  /** Classes of the other rows. */
  readonly labels: readonly number[];
}

function readKnown({ request, candidates, labelled }: Round, embeddings: string, random: Random): Known {
  const poolSlots = request.pool.slots;
  const considered = Int32Array.from(draw(candidates.length, mostCandidates, random)).sort();
  const learnt = draw(labelled.slots.length, mostLabels, random);
  const slots = new Int32Array(considered.length + learnt.length);
  considered.forEach((row, i) => (slots[i] = poolSlots[candidates[row]]));
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

function reasonOf({ request, labelled }: Round): SuggestionReason {
  const { order, classIds } = request;
  const classCount = classIds.length;
  const canProbe = classCount >= 2 && new Set(labelled.classes).size >= 2;
  if (order === 'uncertain') return canProbe ? 'uncertain' : 'typical';
  if (order !== 'auto') return order;
  const enough = labelled.slots.length >= labelsPerClassForMargin * classCount;
  return canProbe && enough ? 'uncertain' : 'typical';
}

interface Choice extends Known {
  readonly round: Round;
  readonly random: Random;
  readonly products: RowProducts;
  readonly executor: Executor;
  readonly signal: AbortSignal;
}

async function typical({ round, rows, candidates, ...tools }: Choice): Promise<SuggestedRow[]> {
  const labelled = new Uint8Array(rows.count).fill(1, candidates.length);
  const chosen = await chooseTypical({ ...tools, rows, labelled, count: round.count });
  return chosen.map((row) => suggested(row, 'typical'));
}

async function uncertain(choice: Choice): Promise<SuggestedRow[]> {
  const { round, rows: all, candidates, labels, executor, signal } = choice;
  if (new Set(labels).size < 2) return typical(choice);
  const classCount = round.request.classIds.length;
  const rows = slice(all, 0, candidates.length);
  const learnt = slice(all, candidates.length, all.count);
  const probabilities = await quickProbe(executor, learnt, labels, classCount, rows, signal);
  const chosen = await chooseUncertain({ ...choice, rows, probabilities, classCount, count: round.count });
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
