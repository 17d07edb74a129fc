/** The rows of a project and the ids that name them. Plain readonly data, shared by all rooms. */

declare const brand: unique symbol;
type Branded<T, B extends string> = T & { readonly [brand]: B };

export type RootId = Branded<number, 'RootId'>;
export type ImageId = Branded<number, 'ImageId'>;
export type ClassId = Branded<number, 'ClassId'>;
export type RunId = Branded<number, 'RunId'>;
export type CheckpointId = Branded<number, 'CheckpointId'>;
export type EvaluationId = Branded<number, 'EvaluationId'>;

/** Milliseconds since 1970, a whole number. */
export type Timestamp = number;

/** What a JSON column holds. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** An imported folder. */
export interface Root {
  readonly id: RootId;
  /** Absolute, symbolic links resolved. */
  readonly folder: string;
  readonly addedAt: Timestamp;
}

/** `ready`: its pixels are in the store. `unreadable`: `reason` says why. `missing`: gone from the folder. */
export type ImageState = 'ready' | 'unreadable' | 'missing';

/** One image file as the importer found it, before it has an id. */
export interface ImportedImage {
  readonly rootId: RootId;
  /** Path below the root in the file system's own bytes, `/` between folders: names need not be UTF-8. */
  readonly relativePath: Uint8Array;
  /** `relativePath` as text, for people only; not unique. */
  readonly displayName: string;
  /** Hexadecimal SHA-256 of the file's bytes; null when the file could not even be read. */
  readonly contentHash: string | null;
  readonly byteSize: number;
  readonly mtime: Timestamp;
  /** Pixels of the original, EXIF orientation applied; 0 when unreadable. */
  readonly width: number;
  readonly height: number;
  readonly state: ImageState;
  /** Why the image is unreadable: a clause without a full stop, else null. */
  readonly reason: string | null;
  /** A remark about a readable image, a clause: that its 16 bits were stretched, for example. */
  readonly note: string | null;
  /** 64-bit dHash, 16 hexadecimal digits: near duplicates differ in few bits. Null when unreadable. */
  readonly perceptualHash: string | null;
  /** Its slot in the pixel store, counted over all shards; duplicates share one; null when unreadable. */
  readonly slot: number | null;
}

/** One image of the project. */
export interface ImageRow extends ImportedImage {
  readonly id: ImageId;
  /** Kept out of all training and every choice; measured on at the end. Duplicates agree. */
  readonly heldOut: boolean;
}

/** A class, in the order in which classes were made: this order is the order of a classifier's outputs. */
export interface ClassRow {
  readonly id: ClassId;
  readonly name: string;
  /** Its place among the looks: colour and shape follow from it where nobody chose others. No two have the same. */
  readonly position: number;
  /** A number in the palette; null: the one of its position. */
  readonly colour: number | null;
  readonly shape: number | null;
  /** The name of the key that gives it: `1`, `Shift+3`, `M`. */
  readonly key: string | null;
}

/** `person`: set by hand or by CSV. `folder`: from the folder's name. */
export type LabelSource = 'person' | 'folder' | 'csv';

export interface LabelRow {
  readonly imageId: ImageId;
  readonly classId: ClassId;
  readonly source: LabelSource;
  readonly labelledAt: Timestamp;
}

/** A labelled image with what training and evaluation need of it. */
export interface LabelledSlot {
  readonly imageId: ImageId;
  readonly slot: number;
  readonly classId: ClassId;
  readonly heldOut: boolean;
}

export type RunKind = 'pretrain' | 'probe' | 'finetune' | 'scratch' | 'random-encoder';

/** `interrupted` runs can be resumed; `failed` ones carry `error`. */
export type RunState = 'running' | 'done' | 'interrupted' | 'failed';

export interface RunRow {
  readonly id: RunId;
  readonly kind: RunKind;
  /** The method's name for pretraining (`simclr` ...); null for the classifier runs. */
  readonly method: string | null;
  /** For example `resnet18`. */
  readonly encoder: string;
  /** Everything the run was started with, as it was resolved. */
  readonly settings: Json;
  readonly state: RunState;
  /** Sentence of the failure, when `state` is `failed`. */
  readonly error: string | null;
  /** The run whose checkpoint this one starts from. */
  readonly parentRunId: RunId | null;
  readonly totalSteps: number;
  readonly doneSteps: number;
  readonly startedAt: Timestamp;
  readonly endedAt: Timestamp | null;
}

export interface MetricRow {
  readonly runId: RunId;
  readonly step: number;
  readonly name: string;
  readonly value: number;
}

export interface CheckpointRow {
  readonly id: CheckpointId;
  readonly runId: RunId;
  /** Below the project folder, `/` between folders. */
  readonly path: string;
  readonly step: number;
  /** Hexadecimal SHA-256 of the whole file. */
  readonly sha256: string;
  readonly savedAt: Timestamp;
}

/** A trained classifier: the run that made it, its classes in the order of its outputs. */
export interface ClassifierRow {
  readonly runId: RunId;
  /** Below the project folder. */
  readonly path: string;
  readonly classIds: readonly ClassId[];
  readonly imageSize: number;
  readonly trainedAt: Timestamp;
}

/** One measurement of a classifier. */
export interface EvaluationRow {
  readonly id: EvaluationId;
  readonly runId: RunId;
  /** `held-out`, `cross-validation`, or the test folder's path. */
  readonly on: string;
  readonly metrics: Json;
  readonly measuredAt: Timestamp;
}

/** Embeddings of all images that were ready, by one run's encoder. A run has at most one set, its newest. */
export interface EmbeddingsRow {
  readonly runId: RunId;
  /** Steps that the encoder had been trained for. */
  readonly step: number;
  /** Of its file, below the project folder, `/` between folders. */
  readonly path: string;
  /** Vectors: images of the same bytes share one. */
  readonly count: number;
  /** Numbers a vector has. */
  readonly dimension: number;
  readonly madeAt: Timestamp;
}

/** What a run's classifier answered for one image that was measured on. */
export interface PredictionRow {
  readonly runId: RunId;
  readonly imageId: ImageId;
  /** The image's name, for people. */
  readonly displayName: string;
  readonly on: 'held-out' | 'cross-validation';
  /** Its label when it was measured. */
  readonly labelClassId: ClassId;
  readonly answerClassId: ClassId;
  /** The answer's probability, 0 … 1. */
  readonly confidence: number;
  /** Its label now; null when it was taken away. */
  readonly labelNow: ClassId | null;
}
