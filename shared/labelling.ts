import type { ClassId, ImageId, LabelSource, Timestamp } from './records.ts';
import type { SuggestionReason } from './selecting.ts';

/** What a person says of an image instead of a class. `unsure`: to be looked at again. `skipped`: not to be asked. */
export const marks = ['unsure', 'skipped'] as const;
export type Mark = (typeof marks)[number];

/** One action: all labels and marks that were given, changed or taken away together, or what was done to a class. */
export interface LabelChange {
  readonly changeId: number;
  readonly kind: 'labels' | 'marks' | 'class';
  /** Images whose label or mark it changed. */
  readonly images: number;
  /** The first of them; null where there is none. */
  readonly imageId: ImageId | null;
  /** The class that all of them got; null where they got several, or lost theirs. */
  readonly classId: ClassId | null;
  /** The mark that all of them got; null where they lost theirs. */
  readonly mark: Mark | null;
  /** Of a class that was renamed or (`to` null) taken away. */
  readonly renamed: { readonly from: string; readonly to: string | null } | null;
  /** Null where no label changed. */
  readonly source: LabelSource | null;
  readonly changedAt: Timestamp;
  /** Whether it is undone at present, and so can be done again. */
  readonly undone: boolean;
}

/** What undoing or redoing did. */
export interface HistoryStep {
  readonly changeId: number;
  /** The images concerned with the label that they have now. */
  readonly labels: readonly { readonly imageId: ImageId; readonly classId: ClassId | null }[];
  readonly marks: readonly { readonly imageId: ImageId; readonly mark: Mark | null }[];
  /** Classes that were renamed, came back or went away. */
  readonly classes: readonly ClassId[];
}

export interface ClassCount {
  readonly classId: ClassId;
  readonly name: string;
  /** Labelled images that training may use. */
  readonly training: number;
  /** Labelled images that are held out. */
  readonly heldOut: number;
}

/** What merging a class into another, or taking it away, would do. */
export interface ClassPreview {
  /** Labels that would move or go: to learn from, and held out. */
  readonly training: number;
  readonly heldOut: number;
  /** Trained classifiers that know the class. They keep it: what they answer means what it meant. */
  readonly classifiers: number;
}

/** An image that the person is asked about, and why. */
export interface AskedImage {
  readonly imageId: ImageId;
  readonly displayName: string;
  /** Pixels of the original. */
  readonly width: number;
  readonly height: number;
  /** Its label serves to measure, never to learn. */
  readonly heldOut: boolean;
  /** Null for an image that the person came to by another way. */
  readonly reason: SuggestionReason | null;
  /** What a quick probe of the labels takes it for, likeliest first; only for `uncertain`. */
  readonly guesses: readonly { readonly classId: ClassId; readonly probability: number }[];
  /** As they are now. */
  readonly classId: ClassId | null;
  readonly mark: Mark | null;
}

/** Images to be asked about one after the other. */
export interface AskedRound {
  /** Counts the rounds since the project was opened. */
  readonly number: number;
  readonly images: readonly AskedImage[];
  /** Whether a pretrained encoder chose them; without one they are drawn at random. */
  readonly embedded: boolean;
  /** Whether better ones could be had now: an encoder has looked at the images since. */
  readonly outdated: boolean;
}

/**
 * Whether an encoder has looked at the images, which good suggestions need. `old`: it was an earlier one, or images
 * came since.
 */
export const embeddingStates = ['no-encoder', 'none', 'old', 'current'] as const;
export type EmbeddingState = (typeof embeddingStates)[number];

/** Names of the images' folders that could be their labels. */
export interface FolderNames {
  readonly classes: readonly { readonly name: string; readonly images: number }[];
  readonly images: number;
}
