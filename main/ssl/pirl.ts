import {
  add,
  cast,
  concat,
  constant,
  equal,
  gatherRows,
  multiply,
  reshape,
  scatterAddRows,
  step,
  subtract,
  transpose,
} from '../engine/graph/ops.ts';
import { staticDim } from '../engine/graph/shape.ts';
import { linear } from '../nn/layers.ts';
import { assign, buffer, isVector } from '../nn/variables.ts';
import { mlpHead } from './heads/mlpHead.ts';
import { infoNce } from './infoNce.ts';
import { l2Normalize } from './l2Normalize.ts';
import { jigsawCells, jigsawViews } from './views/jigsawViews.ts';
import { smallImageSgd } from './smallImageOptimizers.ts';
import type { Node } from '../engine/graph/node.ts';
import type { Method, MethodContext, MethodDefaults, MethodStep } from './method.ts';

export interface PirlSettings {
  readonly temperature: number;
  /** How many of the memory bank's embeddings an image is told from. */
  readonly negatives: number;
  /** λ: the weight of the patches' loss beside that of the whole image. */
  readonly patchWeight: number;
  /** How much of an image's embedding in the memory bank stays when the image is seen again. */
  readonly memoryMomentum: number;
  /** Width of the heads' hidden layer; null: as wide as the features; 0: linear heads, as in the paper. */
  readonly hidden: number | null;
  readonly output: number;
}

const common = { temperature: 0.1, patchWeight: 0.5, memoryMomentum: 0.5, hidden: null, output: 128 };

const small: MethodDefaults<PirlSettings> = {
  // There is no published recipe for small images: MoCo's negatives and optimizer at this size.
  settings: { ...common, negatives: 4096 },
  optimizer: smallImageSgd(0.06),
  batchSize: 128,
  warmupEpochs: 0,
};

const large: MethodDefaults<PirlSettings> = {
  settings: { ...common, negatives: 32_000 },
  optimizer: {
    name: 'sgd',
    learningRate: 0.03,
    perBatch: 256,
    weightDecay: 1e-4,
    momentum: 0.9,
    nesterov: false,
  },
  batchSize: 256,
  warmupEpochs: 0,
};

/** The golden ratio's fraction: its multiples visit all parts of the memory bank evenly. */
const golden = (Math.sqrt(5) - 1) / 2;

/**
 * PIRL on jigsaw puzzles, with the heads and the cross entropy of the authors' later variant ("MLP"). Image and patches
 * are a forward pass each. The memory bank starts with random directions: in the first epoch there is little to learn.
 */
export const pirl: Method<PirlSettings> = {
  name: 'pirl',
  title: 'PIRL',
  summary: 'Cuts an image into a puzzle of nine pieces, which must recognise the image among many others.',
  paper:
    'Misra & van der Maaten 2020, Self-Supervised Learning of Pretext-Invariant Representations, arXiv:1912.01991',

  defaults: (scale) => (scale === 'small' ? small : large),
  limitSettings: (settings, sampleCount) => ({
    ...settings,
    negatives: Math.max(1, Math.min(settings.negatives, sampleCount - 1)),
  }),
  views: (_, scale, imageSize) => jigsawViews(scale, imageSize),
  schedules: () => ({ memory: ({ step: number }) => ((number + 1) * golden) % 1 }),
  build,
  chanceLoss: ({ negatives }) => Math.log(negatives + 1),
  accumulationFault: () => null,
  // The authors' configuration.
  parameterGroup: (parameter) => (isVector(parameter) ? { weightDecay: false } : {}),
};

function build(context: MethodContext<PirlSettings>): MethodStep {
  const { settings, scope, indices, sampleCount } = context;
  const { temperature, patchWeight, memoryMomentum } = settings;
  const bank = buffer(scope, 'memory', [sampleCount, settings.output], { kind: 'unitRows' });
  const keys = gatherRows(bank, indices);
  const image = embedImage(context);
  const patches = embedPatches(context);
  const others = { keys, ...negativesOf(context, bank), temperature };
  const loss = add(
    multiply(infoNce(patches, others), patchWeight),
    multiply(infoNce(image, others), 1 - patchWeight),
  );
  const moved = l2Normalize(add(multiply(keys, memoryMomentum), multiply(image, 1 - memoryMomentum)));
  assign(scope, 'memory', add(bank, scatterAddRows(subtract(moved, keys), indices, sampleCount)));
  return { loss, embeddings: [image, patches] };
}

/** f: unit rows [N, output]. */
function embedImage(context: MethodContext<PirlSettings>): Node {
  const { scope, encoder, views } = context;
  return l2Normalize(head(context, 'projector', encoder.build(scope.child('encoder'), views[0])));
}

/** g: each patch through encoder and head, then all nine in the order of the puzzle through a linear layer. */
function embedPatches(context: MethodContext<PirlSettings>): Node {
  const { scope, encoder, views, batchSize, settings } = context;
  const features = encoder.build(scope.child('encoder'), concat(views.slice(1), 0));
  const embedded = head(context, 'patchProjector', features);
  const byPatch = reshape(embedded, [jigsawCells, batchSize, settings.output]);
  const side = reshape(transpose(byPatch, [1, 0, 2]), [batchSize, jigsawCells * settings.output]);
  return l2Normalize(linear(scope.child('puzzleProjector'), side, { out: settings.output }));
}

function head({ scope, settings }: MethodContext<PirlSettings>, name: string, features: Node): Node {
  const { hidden, output } = settings;
  const layers = hidden === 0 ? [output] : [hidden ?? staticDim(features.shape, 1), output];
  return mlpHead(scope.child(name), features, { layers, normalization: 'none' });
}

/**
 * Rows of the memory bank [K, output], and which of them are the image's own [N, K]: the whole bank where it is small
 * enough, else rows at even distances, which begin elsewhere at each step.
 */
function negativesOf(context: MethodContext<PirlSettings>, bank: Node): { negatives: Node; excluded: Node } {
  const { settings, indices, sampleCount, batchSize } = context;
  const whole = settings.negatives >= sampleCount - 1;
  const rows = whole
    ? evenRows(sampleCount, 1)
    : movedRows(settings.negatives, sampleCount, context.scalar('memory'));
  const own = reshape(cast(indices, 'float32'), [batchSize, 1]);
  const excluded = equal(own, reshape(rows, [1, staticDim(rows.shape, 0)]));
  return { negatives: whole ? bank : gatherRows(bank, cast(rows, 'int32')), excluded };
}

/** 0, stride, 2·stride … float32 [count]; exact below 2²⁴ rows. */
function evenRows(count: number, stride: number): Node {
  return constant(
    Float64Array.from({ length: count }, (_, i) => i * stride),
    [count],
  );
}

/** Even rows of the bank from `share` (0 … 1) of it on, around its end. */
function movedRows(count: number, sampleCount: number, share: Node): Node {
  const offset = cast(cast(multiply(share, sampleCount), 'int32'), 'float32');
  const rows = add(evenRows(count, Math.floor(sampleCount / count)), offset);
  return subtract(rows, multiply(step(subtract(rows, sampleCount - 0.5)), sampleCount));
}
