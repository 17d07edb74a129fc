import type { Node } from '../engine/graph/node.ts';
import type { Encoder, EncoderName } from '../nn/encoder.ts';
import type { Scope, Variable } from '../nn/variables.ts';
import type { OptimizerSettings } from '../nn/optimizers.ts';
import type { ViewRecipe } from './views/recipe.ts';

/**
 * The contract of a self-supervised method. A method is one file that says which views it wants, what it adds to
 * the encoder (heads, momentum encoder, queue, memory bank, prototypes: any variable that it declares in its scope),
 * and the loss. Everything else (data, optimizer, schedule, checkpoints, monitors) is the trainer's.
 *
 * What the contract must carry, so that the later methods fit too:
 * - views: any number, each with its size and distribution (SwAV's multi-crop, Barlow Twins' asymmetric pair, PIRL's patches);
 * - persistent state: `buffer` and `assign` of `nn/variables` (queues, memory banks, momentum encoders, counters);
 * - sample indices: `context.indices`, for memory banks keyed by image;
 * - scheduled scalars: `schedules`, each fed anew at every step (EMA momentum; also switches of 0 or 1, such as a
 *   queue that starts later or prototypes that are frozen at first);
 * - parameter groups: `parameterGroup`, by name and shape (a predictor with a constant learning rate, weights without decay).
 */
export interface Method<Settings extends object = object> {
  readonly name: string;
  /** As its paper writes it. */
  readonly title: string;
  /** One sentence for somebody who chooses a method. */
  readonly summary: string;
  readonly paper: string;
  /** What a method that is a whole recipe is made for: the encoder, and how often each image is seen unless asked otherwise. */
  readonly recipe?: { readonly encoder: EncoderName; readonly epochs: number };
  /** Published values: `small` for images under 64 px (CIFAR recipes), `large` for the ImageNet recipe. */
  defaults(scale: Scale): MethodDefaults<Settings>;
  /** Brings settings within what a training set of this size allows (a queue shorter than the set). */
  limitSettings?(settings: Settings, sampleCount: number): Settings;
  /** One entry for each view of an image. */
  views(settings: Settings, scale: Scale, imageSize: number): readonly ViewRecipe[];
  /** The scalars that change over the run, by name; build reads them with `context.scalar`. */
  schedules(settings: Settings): Readonly<Record<string, ScalarSchedule>>;
  build(context: MethodContext<Settings>): MethodStep;
  /** The loss of an encoder that has learned nothing, where the method has such a figure (ln(2N−1), ln(K+1) …). */
  chanceLoss(settings: Settings, batchSize: number): number | null;
  /**
   * Null where the mean of several batches' gradients is what one larger batch would give, but for the statistics of
   * normalisation layers: the loss is a mean over samples that do not meet, or meet in a queue or memory bank. Else why
   * it is not, as a clause.
   */
  accumulationFault(settings: Settings): string | null;
  /** Learning-rate scale and exceptions for a parameter; absent: all alike. */
  parameterGroup?(parameter: Pick<Variable, 'name' | 'shape'>, settings: Settings): ParameterGroup;
}

export type Scale = 'small' | 'large';

export interface MethodDefaults<Settings> {
  readonly settings: Settings;
  readonly optimizer: OptimizerSettings;
  readonly batchSize: number;
  readonly warmupEpochs: number;
}

/** The value at a step; `progress` runs from 0 at the first step to 1 after the last. */
export type ScalarSchedule = (position: {
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  readonly progress: number;
}) => number;

export interface ParameterGroup {
  /** Multiplies the learning rate: a number, or the name of one of the method's schedules. */
  readonly learningRateScale?: number | string;
  /** The learning rate stays at its first value instead of following the schedule (SimSiam's predictor). */
  readonly constantLearningRate?: boolean;
  readonly weightDecay?: boolean;
}

export interface MethodContext<Settings> {
  readonly settings: Settings;
  /** One node for each of `views`, float32 [N, 3, S, S], normalised. */
  readonly views: readonly Node[];
  /** int32 [N]: each sample's row in the training set, 0 … sampleCount − 1. */
  readonly indices: Node;
  readonly sampleCount: number;
  readonly batchSize: number;
  readonly encoder: Encoder;
  /** The root of the names: build the encoder in `scope.child('encoder')`. */
  readonly scope: Scope;
  /** A float32 of rank 0 that follows the schedule of this name. */
  scalar(name: string): Node;
}

export interface MethodStep {
  /** One element. */
  readonly loss: Node;
  /**
   * What the monitors watch: embeddings of two views, L2-normalised or not, float32 [N, d] each, row i of both from the
   * same image.
   */
  readonly embeddings: readonly [Node, Node];
}
