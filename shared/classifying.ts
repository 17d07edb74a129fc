import type { DeviceChoice } from './devices.ts';
import type { Answers, Evaluation, MeasuredOn } from './evaluation.ts';
import type { EncoderName } from './pretraining.ts';
import type { Json } from './records.ts';
import type { LabelledSlots } from './trainingEvents.ts';

/** `random-encoder` is the probe of an encoder that has learnt nothing: what `scratch` is shown beside. */
export type ClassifierMode = 'probe' | 'finetune' | 'scratch' | 'random-encoder';

/** An encoder without the part that its image size decides. */
export interface EncoderChoice {
  readonly name: EncoderName;
  readonly width: number;
}

/** What is trained where neither a pretraining nor a person says what. */
export const defaultEncoder: EncoderChoice = { name: 'resnet18', width: 1 };

/** A classifier's training, as the application asks the worker for it. Plain data. */
export interface TrainRequest {
  readonly runId: number;
  readonly mode: ClassifierMode;
  readonly device: DeviceChoice;
  /** Absolute path of the project's pixel store. */
  readonly pixelFolder: string;
  /**
   * The pretrained encoder: absolute path of its checkpoint and the number of its run. Null for `scratch` and
   * `random-encoder`, which take `encoder` and `imageSize` instead.
   */
  readonly checkpoint: { readonly path: string; readonly runId: number } | null;
  /** What the checkpoint must hold, where somebody said so; with no checkpoint, what is trained (null: ResNet-18). */
  readonly encoder: EncoderChoice | null;
  /** Null: the checkpoint's, or chosen from the pixel store. */
  readonly imageSize: number | null;
  /** Class names in the order of the classifier's outputs; `labelled.classes` are their numbers. */
  readonly classes: readonly string[];
  /** To learn from: none of them held out. */
  readonly labelled: LabelledSlots;
  /** To measure on; with fewer than `fewestHeldOutLabels` cross-validation takes their place. */
  readonly heldOut: LabelledSlots;
  /** Replaces some of the recipe's settings (`FineTuneSettings`, `ScratchSettings`). */
  readonly settings: Readonly<Record<string, Json>>;
  readonly seed: number;
  /** Absolute path of the classifier's file, written at the end. */
  readonly outputPath: string;
  readonly appVersion: string;
}

export type TrainPhase = 'embedding' | 'fitting' | 'selecting' | 'training' | 'continuing' | 'measuring';

export interface TrainProgress {
  readonly mode: ClassifierMode;
  readonly phase: TrainPhase;
  /** Steps done of all phases together, and how many there will be as far as is known. */
  readonly step: number;
  readonly totalSteps: number;
  /** Of the step just done; null where there is none. */
  readonly loss: number | null;
  /** Null where no images are computed. */
  readonly imagesPerSecond: number | null;
  readonly etaSeconds: number | null;
}

export interface TrainResult {
  readonly path: string;
  /** Hexadecimal SHA-256 of the classifier's file. */
  readonly sha256: string;
  readonly imageSize: number;
  /** Where it ran: the executor's name. */
  readonly device: string;
  readonly totalSteps: number;
  /** Null where neither is possible: too few held-out labels, and a class with a single label. */
  readonly evaluation: Measurement | null;
  /** To each measured image: of `heldOut` or of `labelled`, as `evaluation.on` says; null where nothing was. */
  readonly answers: Answers | null;
  /** How it went: what was chosen by what, the training accuracy reached. */
  readonly report: Json;
}

/** Beside an accuracy of cross-validation its interval is only a guide: the folds' classifiers are not one. */
export type Measurement = {
  readonly on: MeasuredOn;
  readonly evaluation: Evaluation;
};

export interface EvaluateRequest {
  readonly device: DeviceChoice;
  /** Absolute path of the classifier's file. */
  readonly classifierPath: string;
  readonly images:
    | {
        readonly kind: 'held-out';
        readonly pixelFolder: string;
        /** Class numbers are those of the classifier's outputs. */
        readonly labelled: LabelledSlots;
      }
    | {
        readonly kind: 'folder';
        /** Its subfolders are named after the classes. */
        readonly folder: string;
        /** An empty folder for decoded pixels, which the caller removes. */
        readonly scratchFolder: string;
      };
}

export interface EvaluateProgress {
  readonly phase: 'reading' | 'measuring';
  readonly done: number;
  readonly total: number;
}

export interface EvaluateResult extends Measurement {
  /** To each measured image, in the order of `labelled`, or in that of the folder's files. */
  readonly answers: Answers;
  /** Files of the test folder that could not be read, or lie in no subfolder. */
  readonly unreadable: number;
  readonly withoutClass: number;
}

/** Logistic regression on the pixels themselves, measured on held-out images: what any encoder must beat. */
export interface PixelProbeRequest {
  readonly device: DeviceChoice;
  /** Absolute path of the project's pixel store. */
  readonly pixelFolder: string;
  readonly classes: readonly string[];
  readonly labelled: LabelledSlots;
  readonly heldOut: LabelledSlots;
  readonly seed: number;
}

export interface PixelProbeResult {
  readonly evaluation: Evaluation;
}
