import {
  concat,
  full,
  logSumExp,
  matmul,
  multiply,
  reduceSum,
  reshape,
  sliceAxis,
  stopGradient,
  subtract,
  add,
} from '../engine/graph/ops.ts';
import { staticDim } from '../engine/graph/shape.ts';
import { assign, buffer, projectedParameter } from '../nn/variables.ts';
import { mlpHead } from './heads/mlpHead.ts';
import { l2Normalize } from './l2Normalize.ts';
import { sinkhorn } from './sinkhorn.ts';
import { multiCropViews } from './views/multiCropViews.ts';
import { smallImageSgd } from './smallImageOptimizers.ts';
import type { Node } from '../engine/graph/node.ts';
import type { Method, MethodContext, MethodDefaults, MethodStep } from './method.ts';

export interface SwavSettings {
  readonly temperature: number;
  /** ε of the balanced assignment. */
  readonly epsilon: number;
  /** Sinkhorn-Knopp iterations; without any, nothing keeps all images from being assigned to one prototype. */
  readonly sinkhornIterations: number;
  readonly prototypes: number;
  /** Share of the run in which the prototypes stay as they were drawn. */
  readonly frozenShare: number;
  /** Earlier embeddings of either large crop that are assigned along with the batch; 0: none. */
  readonly queueSize: number;
  /** Share of the run after which the queue is used. */
  readonly queueStart: number;
  /** Number of small crops beside the two large ones. */
  readonly smallCrops: number;
  /** Width of the head's hidden layer; null: as wide as the features. */
  readonly hidden: number | null;
  readonly output: number;
  /** Whether the head ends in a normalisation; the paper's does not. */
  readonly normalizedOutput?: boolean;
}

/** Crops that are assigned to prototypes; all crops must predict the assignments of these. */
const largeCrops = 2;
/** Fewer images a prototype, and prototypes stand for single images instead of what several have in common. */
const imagesPerPrototype = 16;

const common = {
  temperature: 0.1,
  sinkhornIterations: 3,
  frozenShare: 0.01,
  hidden: null,
  output: 128,
};

const small: MethodDefaults<SwavSettings> = {
  // With 512 prototypes, ε 0.05 and small crops, as others have them for hundreds of epochs on 32 px, all images stay
  // as good as evenly shared among all prototypes for ten: the loss does not leave chance. The authors' ways out of that
  // (github.com/facebookresearch/swav, "Common Issues"): a lower ε, fewer prototypes, a short queue that comes late,
  // views that are not so hard. The head's normalisation parts the embeddings from the first step, which a RegNetY
  // needs. AdamW went as far on ten thousand images of 32 px, but nowhere with a RegNetY, nor (without that
  // normalisation) on three hundred images.
  settings: {
    ...common,
    ...{ epsilon: 0.02, prototypes: 64, queueSize: 384, queueStart: 0.15, smallCrops: 0 },
    normalizedOutput: true,
  },
  optimizer: smallImageSgd(0.12),
  batchSize: 128,
  warmupEpochs: 0,
};

const large: MethodDefaults<SwavSettings> = {
  // The authors' recipe for batches of 256.
  settings: {
    ...common,
    ...{ epsilon: 0.05, prototypes: 3000, queueSize: 3840, queueStart: 0.075, smallCrops: 6 },
  },
  optimizer: {
    name: 'lars',
    learningRate: 0.6,
    perBatch: 256,
    weightDecay: 1e-6,
    momentum: 0.9,
    variant: 'norm-sum',
    trustCoefficient: 0.001,
    clip: false,
  },
  batchSize: 256,
  warmupEpochs: 0,
};

/**
 * SwAV, algorithm 1 of its paper, with multi-crop and queue. Crops of one size share a forward pass of the encoder, all
 * crops one of the head, as in the authors' code. Prototypes have unit length at the beginning of each step, and what
 * they learn is added to that.
 */
export const swav: Method<SwavSettings> = {
  name: 'swav',
  title: 'SwAV',
  summary: 'Sorts images into groups as it learns; every crop of an image must say the group of the others.',
  paper:
    'Caron et al. 2020, Unsupervised Learning of Visual Features by Contrasting Cluster Assignments, arXiv:2006.09882',

  defaults: (scale) => (scale === 'small' ? small : large),
  limitSettings: (settings, sampleCount) => ({
    ...settings,
    prototypes: Math.min(settings.prototypes, Math.max(8, Math.floor(sampleCount / imagesPerPrototype))),
    queueSize: Math.min(settings.queueSize, Math.floor(sampleCount / 2)),
  }),
  views: ({ smallCrops }, scale, imageSize) => multiCropViews(scale, imageSize, smallCrops),
  schedules: ({ frozenShare, queueSize, queueStart }) => ({
    prototypes: ({ progress }) => (progress < frozenShare ? 0 : 1),
    ...(queueSize > 0 && { queue: ({ progress }) => (progress < queueStart ? 0 : 1) }),
  }),
  build,
  chanceLoss: ({ prototypes }) => Math.log(prototypes),
  accumulationFault: ({ queueSize }) =>
    queueSize > 0
      ? null
      : 'without its queue it shares out the images of one batch among its groups, and batches that are added up are each shared out alone',
  parameterGroup: ({ name }) => (name.startsWith('prototypes.') ? { learningRateScale: 'prototypes' } : {}),
};

function build(context: MethodContext<SwavSettings>): MethodStep {
  const { settings, scope, batchSize } = context;
  const z = embedCrops(context);
  const shape = [settings.prototypes, settings.output];
  const prototypes = projectedParameter(
    scope.child('prototypes'),
    { name: 'weight', shape, initializer: { kind: 'unitRows' } },
    l2Normalize,
  );
  const crop = (i: number): Node => sliceAxis(z, 0, i * batchSize, (i + 1) * batchSize);
  const assignments = Array.from({ length: largeCrops }, (_, i) =>
    assignCrop(context, prototypes, crop(i), i),
  );
  const scores = matmul(z, prototypes, { transposeB: true });
  return {
    loss: swappedPrediction(scores, assignments, settings.temperature),
    embeddings: [crop(0), crop(1)],
  };
}

/** Unit rows [V·N, output]: all samples of the first view, then all of the second … */
function embedCrops({ settings, views, encoder, scope }: MethodContext<SwavSettings>): Node {
  const groups = [views.slice(0, largeCrops), views.slice(largeCrops)].filter(({ length }) => length > 0);
  const features = groups.map((group) => encoder.build(scope.child('encoder'), concat(group, 0)));
  const { hidden, output, normalizedOutput = false } = settings;
  const layers = [hidden ?? encoder.featureCount, output];
  const normalization = normalizedOutput ? 'all' : 'hidden';
  return l2Normalize(mlpHead(scope.child('projector'), concat(features, 0), { layers, normalization }));
}

/** The balanced assignment of one crop's embeddings [N, d], helped by the queue of that crop, [N, prototypes]. */
function assignCrop(context: MethodContext<SwavSettings>, prototypes: Node, z: Node, number: number): Node {
  const { settings, scope } = context;
  const { epsilon, sinkhornIterations: iterations, queueSize, output } = settings;
  const scoresOf = (rows: Node): Node => matmul(rows, prototypes, { transposeB: true });
  if (queueSize === 0) return sinkhorn(scoresOf(z), { epsilon, iterations });
  const count = staticDim(z.shape, 0);
  const name = `queue.${number}`;
  const queue = buffer(scope, name, [queueSize, output], { kind: 'unitRows' });
  const rows = concat([stopGradient(z), queue], 0);
  assign(scope, name, sliceAxis(rows, 0, 0, queueSize));
  const weights = concat(
    [full(1, [count, 1]), multiply(full(1, [queueSize, 1]), context.scalar('queue'))],
    0,
  );
  return sliceAxis(sinkhorn(scoresOf(rows), { epsilon, iterations, weights }), 0, 0, count);
}

/**
 * Each crop predicts the assignments of the large ones (Caron et al. 2020, equations 1 and 2, and 6 for more crops):
 * the cross entropy between the assignment of a large crop and the softmax of another crop's scores over the
 * temperature, averaged over samples, over the other crops and over the large crops.
 * @param scores cosines with the prototypes [V·N, K], all samples of the first view, then of the second …
 * @param assignments [N, K] of the first views, rows sum to 1
 * @returns one element
 */
export function swappedPrediction(scores: Node, assignments: readonly Node[], temperature: number): Node {
  const [count, prototypes] = assignments[0].shape.map(Number);
  const crops = staticDim(scores.shape, 0) / count;
  const logits = multiply(scores, 1 / temperature);
  const logProbabilities = subtract(logits, logSumExp(logits, [1], true));
  const ofAll = reduceSum(reshape(logProbabilities, [crops, count, prototypes]), [0]);
  const agreement = assignments.map((assignment, i) => {
    const own = sliceAxis(logProbabilities, 0, i * count, (i + 1) * count);
    return reduceSum(multiply(assignment, subtract(ofAll, own)));
  });
  const terms = assignments.length * (crops - 1) * count;
  return multiply(
    agreement.reduce((sum, term) => add(sum, term)),
    -1 / terms,
  );
}
