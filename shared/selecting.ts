import type { DeviceChoice } from './devices.ts';
import type { ClassId, ImageId } from './records.ts';

/** Embeds images with a run's encoder into a file. Plain data, as all here. */
export interface EmbedRequest {
  readonly device: DeviceChoice;
  readonly pixelFolder: string;
  /** Absolute path of the run's checkpoint. */
  readonly checkpoint: string;
  /** Each once. */
  readonly slots: readonly number[] | Int32Array;
  /** Absolute path of the file, which appears only when it is complete. */
  readonly outputPath: string;
}

export interface EmbedProgress {
  readonly done: number;
  readonly total: number;
  readonly imagesPerSecond: number;
  readonly etaSeconds: number;
}

export interface EmbedResult {
  readonly count: number;
  /** Numbers a vector has. */
  readonly dimension: number;
  /** Steps that the encoder had been trained for. */
  readonly step: number;
  /** Where it ran: the executor's name. */
  readonly device: string;
}

/**
 * Why an image is suggested. `typical`: it stands for many that look like it and of which none has a label. `uncertain`:
 * the labels so far leave open which of two classes it is. `random`: drawn.
 */
export type SuggestionReason = 'typical' | 'uncertain' | 'random';

/**
 * How to choose. `auto`: typical and diverse first, from about 50 labels a class on the least certain, and at random
 * where there are no embeddings.
 */
export type SuggestionOrder = 'auto' | SuggestionReason;

/**
 * The ready images, as a choice of what to label needs them: a row each, in the order of the images. Those whose place
 * in or out of the held-out pool is not decided yet are absent.
 */
export interface SuggestionPool {
  readonly imageIds: Int32Array;
  readonly slots: Int32Array;
  /** 1 for those held out. */
  readonly heldOut: Uint8Array;
  /** The class of its label; 0 without one. */
  readonly classIds: Int32Array;
  /** The id of its group of duplicates; its own id where it has none. */
  readonly groupIds: Int32Array;
}

/** What to label next. */
export interface SuggestRequest {
  readonly order: SuggestionOrder;
  /** How many rows to answer at most, held-out ones included. */
  readonly count: number;
  /** Share of them that is drawn from the held-out pool, while it lasts. */
  readonly heldOutShare: number;
  readonly seed: number;
  /** Absolute path of the file of embeddings; null: there is none, and rows are drawn. */
  readonly embeddings: string | null;
  readonly pool: SuggestionPool;
  readonly classIds: readonly ClassId[];
  /** Images not to suggest, nor duplicates of theirs. */
  readonly exclude: readonly ImageId[];
}

export interface SuggestedRow {
  /** Of the pool. */
  readonly row: number;
  readonly heldOut: boolean;
  readonly reason: SuggestionReason;
  /** In the order of `classIds`, where a quick probe of the labels was asked; else null. */
  readonly probabilities: readonly number[] | null;
}

export interface SuggestResult {
  /** First to be asked about first; the held-out ones are spread among the others. */
  readonly suggestions: readonly SuggestedRow[];
}

/** Rows of nearest images in a file of embeddings. */
export interface NeighboursRequest {
  readonly embeddings: string;
  /** Slots whose neighbours are looked for. */
  readonly queries: readonly number[];
  /** Neighbours of each, without itself. */
  readonly k: number;
}

export interface NeighbourSlot {
  readonly slot: number;
  /** Of the two embeddings, −1 … 1. */
  readonly cosine: number;
}

export interface NeighboursResult {
  /** For each query; empty where it has no embedding. Most alike first. */
  readonly rows: readonly (readonly NeighbourSlot[])[];
}
