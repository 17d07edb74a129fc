import type { OriginalFilesCheck, SameInputCheck } from './exporting.ts';
import type { ClassifierMode } from './classifying.ts';
import type { Proportion } from './evaluation.ts';
import type { RunId } from './records.ts';

export const labelFormats = ['csv', 'imagefolder', 'coco'] as const;
export type LabelFormat = (typeof labelFormats)[number];

/** What there is to say of something that was exported. Plain data, stored as it is. */
export type ExportFacts =
  | {
      readonly kind: 'classifier' | 'encoder';
      readonly classes: readonly string[];
      readonly sameInput: SameInputCheck;
      readonly originalFiles: OriginalFilesCheck;
    }
  | {
      readonly kind: 'labels';
      readonly format: LabelFormat;
      readonly labels: number;
      /** Labelled images that are not in it, and why the first few are not. */
      readonly skipped: number;
      readonly skippedFirst: readonly { readonly file: string; readonly reason: string }[];
    }
  | {
      readonly kind: 'predictions';
      /** Absolute. */
      readonly imageFolder: string;
      readonly predicted: number;
      readonly counts: readonly { readonly name: string; readonly images: number }[];
      readonly unreadable: number;
      readonly unreadableFirst: readonly { readonly file: string; readonly reason: string }[];
    };

/** Something that was exported, as its row keeps it. */
export interface ExportRow {
  readonly id: number;
  /** The classifier's or the encoder's. */
  readonly runId: RunId | null;
  /** Of a file or a folder: below the project's folder with `/` between folders, or absolute. */
  readonly path: string;
  readonly facts: ExportFacts;
  readonly madeAt: number;
}

export interface ExportedItem {
  readonly id: number;
  readonly runId: RunId | null;
  /** Absolute. */
  readonly path: string;
  readonly facts: ExportFacts;
  readonly madeAt: number;
  /** Whether it is still there. */
  readonly exists: boolean;
  /** The files directly in it, or the file itself. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** Folders in it, which cannot be fetched file by file. */
  readonly folders: number;
}

/** What can be exported. */
export interface ExportSources {
  /** Newest first. */
  readonly classifiers: readonly {
    readonly runId: RunId;
    readonly mode: ClassifierMode;
    readonly top1: Proportion | null;
    readonly trainedAt: number;
  }[];
  /** Newest first. */
  readonly encoders: readonly {
    readonly runId: RunId;
    readonly method: string;
    readonly encoder: string;
    readonly steps: number;
    readonly trainedAt: number;
  }[];
  readonly labels: number;
  /** Where exports go unless another place is chosen. */
  readonly folder: string;
  /** Whether a folder can be shown in the system's file manager. */
  readonly canShow: boolean;
}

/** What goes with an exported model: its card (Markdown) and the programs that run it. */
export interface ExportedTexts {
  readonly card: string;
  readonly snippets: readonly { readonly name: string; readonly text: string }[];
}
