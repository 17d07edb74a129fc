import type { TrainPhase } from '../../shared/classifying.ts';
import type { LabelledSlots } from '../../shared/trainingEvents.ts';
import type { Executor } from '../engine/execute/executor.ts';
import type { Tensor } from '../engine/graph/node.ts';
import type { PixelStore } from '../importer/pixelStore.ts';
import type { Encoder } from '../nn/encoder.ts';

/** What every training of a classifier is given. */
export interface TrainingTask {
  readonly executor: Executor;
  readonly store: PixelStore;
  readonly encoder: Encoder;
  /** S: side of what the encoder sees. */
  readonly imageSize: number;
  readonly classCount: number;
  /** To learn from. */
  readonly labelled: LabelledSlots;
  readonly seed: number;
  /** Aborted to stop, between two steps. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TaskProgress) => void) | undefined;
}

export interface TrainedClassifier {
  /** `encoder.…` and `classifier.…`. */
  readonly weights: Record<string, Tensor>;
  /** Of all phases. */
  readonly steps: number;
  /** Of the images learnt from, whole, in inference mode. */
  readonly trainingAccuracy: number;
}

export interface TaskProgress {
  readonly phase: TrainPhase;
  readonly step: number;
  readonly totalSteps: number;
  readonly loss: number | null;
  /** Images in the step just done; 0 where none were computed. */
  readonly images: number;
}

/** The labelled images of some rows. */
export function labelledRows({ slots, classes }: LabelledSlots, rows: Int32Array): LabelledSlots {
  return { slots: Array.from(rows, (row) => slots[row]), classes: Array.from(rows, (row) => classes[row]) };
}

/** Counts the steps of all phases and reports each. */
export interface StepCounter {
  add(steps: number): void;
  phase(name: TrainPhase): (loss: number) => void;
  readonly done: number;
}

/** @param total steps that are planned so far; `add` plans more */
export function createStepCounter({ onProgress }: TrainingTask, total: number, images: number): StepCounter {
  let [step, totalSteps] = [0, total];
  return {
    add: (steps) => {
      totalSteps += steps;
    },
    phase: (phase) => (loss) => {
      step++;
      onProgress?.({ phase, step, totalSteps, loss, images });
    },
    get done() {
      return step;
    },
  };
}
