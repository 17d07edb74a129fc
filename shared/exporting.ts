import type { Evaluation } from './evaluation.ts';

/** An original file of the project, with what tells whether it is still the one that was imported. */
export interface OriginalFile {
  /** Absolute. */
  readonly path: string;
  /** Its pixels in the store. */
  readonly slot: number;
  readonly byteSize: number;
  /** Milliseconds since 1970, whole. */
  readonly mtime: number;
}

/** What only the library knows of what is exported: for the model card. */
export interface CardFacts {
  /** The project folder's name. */
  readonly project: string;
  readonly images: { readonly usable: number; readonly different: number; readonly heldOut: number };
  /** As the project has them now, in the order of its classes. */
  readonly labels: readonly { readonly name: string; readonly training: number; readonly heldOut: number }[];
  /** The run that pretrained the encoder; null where there was none. */
  readonly pretraining: {
    readonly run: number;
    readonly method: string;
    readonly steps: number;
    /** Last figures by name: loss, spread, knnAccuracy … */
    readonly figures: Readonly<Record<string, number>>;
  } | null;
  readonly measurements: readonly CardMeasurement[];
}

export interface CardMeasurement {
  /** `held-out`, `cross-validation`, or a test folder's path. */
  readonly on: string;
  readonly evaluation: Evaluation;
  /** Milliseconds since 1970. */
  readonly measuredAt: number;
}

/** An export, as the application asks the worker for it. Plain data. */
export interface ExportRequest {
  /** What is exported: a classifier's file, the encoder of one, or a pretraining's checkpoint. All absolute paths. */
  readonly source:
    | { readonly kind: 'classifier'; readonly path: string }
    | { readonly kind: 'classifier-encoder'; readonly path: string }
    | { readonly kind: 'pretrained-encoder'; readonly path: string };
  /** Absolute path of the folder that is made. */
  readonly outputFolder: string;
  /** Absolute path of the project's pixel store. */
  readonly pixelFolder: string;
  /** Images to compare the app's answers and the exported ones on. */
  readonly originals: readonly OriginalFile[];
  /** `sample`: the project has no held-out images. */
  readonly originalsAre: 'held-out' | 'sample';
  readonly facts: CardFacts;
  readonly appVersion: string;
}

export interface ExportProgress {
  readonly phase: 'writing' | 'checking-numbers' | 'checking-files';
  readonly done: number;
  readonly total: number;
}

/** The same uint8 pixels through the written file and through the app. */
export type SameInputCheck = {
  readonly images: number;
  /** Different heights and widths among them. */
  readonly sizes: number;
  /** Of each output the largest difference; logits and embedding relative to their largest value above 1. */
  readonly differences: Readonly<Record<string, number>>;
  readonly allowed: number;
};

/** The original files, decoded and answered by a second process, against the app's answers. */
export type OriginalFilesCheck = {
  readonly on: 'held-out' | 'sample';
  /** Compared. 0: none of the originals could be reached. */
  readonly files: number;
  readonly same: number;
  /** Gone or changed since they were imported. */
  readonly leftOut: number;
  /** Of a kind that the app reads and the exported scripts do not: BMP, 16 bits of grey. */
  readonly notRead: number;
  /** Share of `files` that must be the same. */
  readonly required: number;
};

export interface ExportResult {
  readonly folder: string;
  /** Names, in alphabetical order. */
  readonly files: readonly string[];
  readonly classes: readonly string[];
  readonly sameInput: SameInputCheck;
  readonly originalFiles: OriginalFilesCheck;
}

/** Predictions for a folder by an exported classifier. All absolute paths. */
export interface PredictRequest {
  readonly classifierFolder: string;
  readonly imageFolder: string;
  readonly csvPath: string;
}

export interface PredictProgress {
  readonly done: number;
  readonly total: number;
}

export interface PredictResult {
  readonly predicted: number;
  /** How many images were given each class, in the order of the classes. */
  readonly counts: readonly { readonly name: string; readonly images: number }[];
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[];
}
