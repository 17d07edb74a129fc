/** What a pretraining job is given and what it reports: plain data that crosses the worker's process boundary. */

import type { FoundDevice } from './pretraining.ts';
import type { Json } from './records.ts';

/** A pretraining run as its user asked for it; what is null is chosen by the plan. */
export interface PretrainJob {
  readonly runId: number;
  /** Absolute path of the project's pixel store. */
  readonly pixelFolder: string;
  /** Absolute path of the folder that holds this run's checkpoints and nothing else. */
  readonly checkpointFolder: string;
  /** The method's name: `simclr` … */
  readonly method: string;
  /** Replaces some of the method's published settings. */
  readonly settings: Readonly<Record<string, Json>>;
  readonly encoder: { readonly name: string; readonly width: number };
  /** Side of the views in pixels. */
  readonly imageSize: number | null;
  readonly batchSize: number | null;
  /** Of `epochs` and `minutes` at most one is given. */
  readonly epochs: number | null;
  readonly minutes: number | null;
  /** Replaces the recipe's learning rate (before it is scaled by the batch). */
  readonly learningRate: number | null;
  /** Batches whose gradients are averaged before an update; 1 unless given. */
  readonly accumulate?: number | null;
  /** Absolute path of weights in torchvision's safetensors with which the encoder starts; drawn unless given. */
  readonly init?: string | null;
  readonly seed: number;
  /** The training set: sample i is slot `slots[i]` of the pixel store. */
  readonly slots: readonly number[];
  /** Labelled images of the training set, for the kNN accuracy after each epoch; may be empty. */
  readonly labelled: LabelledSlots;
  /** The kind of images: `natural` unless the user says otherwise (the names of `ssl/views/presets`). */
  readonly preset: string;
  /** Memory that a step may take. */
  readonly memoryBytes: number;
  /** Goes on from the newest sound checkpoint in `checkpointFolder`, whose settings then replace the ones here. */
  readonly resume: boolean;
  /** Images whose nearest neighbours are shown while it trains; absent: none. */
  readonly gallery?: Gallery;
  readonly appVersion: string;
}

/** A few thousand images among which neighbours are looked for: image i is slot `slots[i]` and called `images[i]`. */
export interface Gallery {
  readonly slots: readonly number[];
  /** Ids of the images, handed back as they are. */
  readonly images: readonly number[];
  /** The first so many of them are the queries. */
  readonly queries: number;
  /** Neighbours of each query. */
  readonly k: number;
}

/** Labelled image i is slot `slots[i]` and belongs to class number `classes[i]`. */
export interface LabelledSlots {
  readonly slots: readonly number[];
  readonly classes: readonly number[];
}

/** How a run ended, short of an error. `done` with fewer steps than planned: its user ended it and keeps what it has. */
export interface PretrainOutcome {
  readonly state: 'done' | 'interrupted';
  readonly step: number;
  /** Path of the checkpoint that holds this state. */
  readonly checkpoint: string;
}

export type TrainingEvent =
  | StartedEvent
  | ProgressEvent
  | EpochEvent
  | HealthEvent
  | EnergiesEvent
  | NeighboursEvent
  | PauseEvent
  | CheckpointEvent
  | EndEvent;

/** Sent once, when everything is decided and compiled. */
export interface StartedEvent {
  readonly kind: 'started';
  /** First step of this process: 0, or where a resumed run goes on. */
  readonly step: number;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  readonly batchSize: number;
  readonly imageSize: number;
  /** Where it runs: the executor's name. */
  readonly device: string;
  /** What the devices reached where a trial chose among them. */
  readonly trial?: readonly FoundDevice[];
  /** The whole plan as it was resolved, for the run's row. */
  readonly plan: Json;
  /** Checkpoints that were passed over because they are damaged: what is wrong with each. */
  readonly skipped: readonly string[];
}

export interface ProgressEvent {
  readonly kind: 'progress';
  /** Counted from 1. */
  readonly epoch: number;
  /** Steps done. */
  readonly step: number;
  readonly totalSteps: number;
  /** Of the step just done. */
  readonly loss: number;
  /** Images (not views) a second, over the last steps. */
  readonly imagesPerSecond: number;
  readonly etaSeconds: number;
  /** Share of the time in which the step had to wait for its batch, 0 … 1. */
  readonly waitingShare: number;
}

/** After each epoch: means over its steps (those that this process did). */
export interface EpochEvent extends Monitors {
  readonly kind: 'epoch';
  readonly epoch: number;
  readonly step: number;
  /** What `spread` is of embeddings that fill their sphere: 1/√d. */
  readonly spreadTarget: number;
  /** RankMe of the epoch's last batch: how many directions its embeddings use; 1 … `rankLimit`. */
  readonly rank: number;
  /** The most that a batch of this size and embeddings of this size can have. */
  readonly rankLimit: number;
  /** Leave-one-out over the labelled images, 0 … 1; null without labels. */
  readonly knnAccuracy: number | null;
}

/** The figures that every step computes beside its update. */
export interface Monitors {
  readonly loss: number;
  /** Standard deviation over the batch of each coordinate of the normalised embeddings, mean over coordinates. */
  readonly spread: number;
  /** Mean cosine of two views of one image. */
  readonly positiveCosine: number;
  /** Mean cosine of views of different images. */
  readonly negativeCosine: number;
  /** Mean over the images of the cosine with the other image most like them: how hard the hardest negatives are. */
  readonly hardestNegativeCosine: number;
  /** Share of the pairs of different images that are more alike than the two views of one: ½ by chance, 0 at best. */
  readonly hardNegativeShare: number;
  /** How evenly the embeddings fill their sphere (Wang & Isola 2020): 0 collapsed, about −4 healthy. */
  readonly uniformity: number;
}

/** Mean squared distance of two views of one image on the sphere (Wang & Isola 2020, equation 1): 2 − 2·cosine. */
export function alignmentOf({ positiveCosine }: Pick<Monitors, 'positiveCosine'>): number {
  return 2 - 2 * positiveCosine;
}

export type HealthState = 'starting' | 'learning' | 'at-chance' | 'collapsed';

/** Sent when the state changes. */
export interface HealthEvent {
  readonly kind: 'health';
  readonly step: number;
  readonly state: HealthState;
  /** What it means and what to do, for people. */
  readonly sentence: string;
}

/**
 * At each epoch's end, and every few seconds of a long one: histograms of the cosine of pairs of embeddings, over the
 * steps since the last such event. The energy that a method lowers for positive pairs and raises for negative ones is
 * the negative cosine.
 */
export interface EnergiesEvent {
  readonly kind: 'energies';
  readonly epoch: number;
  readonly step: number;
  /** Pairs a bin; bin i of n reaches from −1 + 2i/n to −1 + 2(i + 1)/n. */
  readonly positive: readonly number[];
  readonly negative: readonly number[];
}

/** Only where the job has a `gallery`: before the first step, and again as training goes on. */
export interface NeighboursEvent {
  readonly kind: 'neighbours';
  readonly epoch: number;
  readonly step: number;
  /** For each of the gallery's queries: the gallery's images most alike, most alike first. */
  readonly rows: readonly NeighbourRow[];
}

export interface NeighbourRow {
  readonly query: number;
  readonly neighbours: readonly { readonly image: number; readonly cosine: number }[];
}

/** When it has come to rest, its state saved, and when it goes on. */
export interface PauseEvent {
  readonly kind: 'pause';
  readonly step: number;
  readonly paused: boolean;
}

export interface CheckpointEvent {
  readonly kind: 'checkpoint';
  readonly path: string;
  readonly step: number;
  /** Hexadecimal SHA-256 of the whole file. */
  readonly sha256: string;
}

/** `interrupted`: stopped on request, after a checkpoint; the run can be resumed. */
export interface EndEvent extends PretrainOutcome {
  readonly kind: 'end';
}
