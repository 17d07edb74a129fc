import type { Library } from '../library/client.ts';
import { suggestImages, type Suggestion } from './suggestImages.ts';
import type { WindowRow } from '../../shared/imageWindow.ts';
import type { AskedImage, AskedRound } from '../../shared/labelling.ts';
import type { ImageId } from '../../shared/records.ts';

/** Images of a round: enough for a while, and few enough that the labels of one tell the next what to ask. */
const roundSize = 40;
/** The next round is chosen in the background from this many answers before the end of the one at hand … */
const choosesAhead = 12;
/** … or earlier where so many times as long as the last choice took is needed for it, at the pace of the last answers. */
const spareFactor = 1.5;
const answersOfPace = 8;

interface Round {
  readonly number: number;
  readonly suggestions: readonly Suggestion[];
  /** File of the embeddings by which they were chosen; null: drawn without. */
  readonly embeddings: string | null;
  /** Images that have been answered since. */
  readonly answered: Set<ImageId>;
  /** How long the choice took. */
  readonly milliseconds: number;
}

interface Rounds {
  at: Promise<Round> | null;
  ahead: Promise<Round> | null;
  /** When the last answers came; milliseconds of some clock, ascending. */
  answerTimes: number[];
}

/** Rounds belong to an open project: all its windows are in the same one. */
const roundsOf = new WeakMap<Library, Rounds>();

function rounds(library: Library): Rounds {
  const known = roundsOf.get(library) ?? { at: null, ahead: null, answerTimes: [] };
  roundsOf.set(library, known);
  return known;
}

/** The round at hand; the first one is chosen when there is none. @throws as `suggestImages` */
export async function currentRound(library: Library): Promise<AskedRound> {
  const state = rounds(library);
  state.at ??= chooseRound(library, null);
  return view(library, await settled(state, state.at));
}

/**
 * The round after number `after`: the one that was chosen ahead, unless an encoder has looked at the images since.
 * Where the round at hand is a later one already, that. @throws as `suggestImages`
 */
export async function nextRound(library: Library, after: number): Promise<AskedRound> {
  const state = rounds(library);
  const at = await state.at;
  if (at === null) return currentRound(library);
  if (at.number <= after) {
    const ready = await state.ahead?.catch(() => null);
    const good =
      ready !== undefined && ready !== null && ready.embeddings === (await embeddingsPath(library));
    // Another window may have gone on meanwhile.
    if ((await state.at)?.number === at.number) {
      state.at = good ? Promise.resolve(ready) : chooseRound(library, at);
      state.ahead = null;
    }
  }
  return currentRound(library);
}

/** Notes which images were labelled or marked; near the end of the round the next one is chosen in the background. */
export async function noteAnswered(library: Library, ids: readonly ImageId[]): Promise<void> {
  const state = rounds(library);
  const at = await state.at?.catch(() => null);
  if (at === null || at === undefined) return;
  const asked = new Set(at.suggestions.map(({ imageId }) => imageId));
  for (const id of ids) if (asked.has(id)) at.answered.add(id);
  state.answerTimes = [...state.answerTimes.slice(1 - answersOfPace), performance.now()];
  const left = at.suggestions.length - at.answered.size;
  const first = answersAhead(at.milliseconds, state.answerTimes);
  if (state.ahead !== null || left > first || at.suggestions.length === 0) return;
  state.ahead = chooseRound(library, at);
  // Where it fails it is chosen again when it is asked for, which then tells why.
  state.ahead.catch(() => undefined);
}

/**
 * From how many answers before the end of a round the next one is to be chosen, so that nobody waits for it.
 * @param choiceMs how long a choice takes
 * @param answerTimes when the last answers came, milliseconds
 */
export function answersAhead(choiceMs: number, answerTimes: readonly number[]): number {
  const [from, to] = [answerTimes[0], answerTimes.at(-1)];
  if (from === undefined || to === undefined || to <= from) return choosesAhead;
  const paceMs = (to - from) / (answerTimes.length - 1);
  return Math.max(choosesAhead, Math.ceil((spareFactor * choiceMs) / paceMs));
}

/** Images as they are now, in the order of `ids`, with why the round at hand asks about them. */
export async function askedImages(library: Library, ids: readonly ImageId[]): Promise<readonly AskedImage[]> {
  const at = await rounds(library).at?.catch(() => null);
  const reasons = new Map(at?.suggestions.map((each) => [each.imageId, each]));
  const rows = await library.read.listRows([...ids]);
  return rows.map((row) => asked(row, reasons.get(row.id)));
}

async function settled(state: Rounds, round: Promise<Round>): Promise<Round> {
  try {
    return await round;
  } catch (error) {
    // So that asking again tries again.
    if (state.at === round) state.at = null;
    throw error;
  }
}

async function chooseRound(library: Library, before: Round | null): Promise<Round> {
  const begin = performance.now();
  const marked = await library.read.listMarked();
  const shown = before?.suggestions.map(({ imageId }) => imageId) ?? [];
  const number = (before?.number ?? 0) + 1;
  const embeddings = await embeddingsPath(library);
  const open = shown.filter((id) => before?.answered.has(id) !== true);
  const exclude = [...marked, ...open];
  let suggestions = await suggestImages(library, { count: roundSize, exclude, seed: number });
  // The last images of all: those that were passed over come again.
  if (suggestions.length === 0 && open.length > 0) {
    suggestions = await suggestImages(library, { count: roundSize, exclude: [...marked], seed: number });
  }
  const milliseconds = performance.now() - begin;
  return { number, suggestions, embeddings, answered: new Set(), milliseconds };
}

async function embeddingsPath(library: Library): Promise<string | null> {
  return (await library.read.latestEmbeddings())?.path ?? null;
}

async function view(library: Library, round: Round): Promise<AskedRound> {
  const rows = await library.read.listRows(round.suggestions.map(({ imageId }) => imageId));
  const reasons = new Map(round.suggestions.map((each) => [each.imageId, each]));
  return {
    number: round.number,
    images: rows.map((row) => asked(row, reasons.get(row.id))),
    embedded: round.embeddings !== null,
    outdated: round.embeddings !== (await embeddingsPath(library)),
  };
}

/** Classes that are worth naming as a guess. */
const guessesKept = 3;

function asked(row: WindowRow, suggestion: Suggestion | undefined): AskedImage {
  const { id, displayName, width, height, heldOut, classId, mark } = row;
  return {
    imageId: id,
    ...{ displayName, width, height, heldOut, classId, mark },
    reason: suggestion?.reason ?? null,
    guesses: suggestion?.probabilities?.slice(0, guessesKept) ?? [],
  };
}
