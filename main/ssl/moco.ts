import { add, concat, multiply, sliceAxis, stopGradient } from '../engine/graph/ops.ts';
import { staticDim } from '../engine/graph/shape.ts';
import { assign, buffer, momentumScope, splitNorms, type Scope } from '../nn/variables.ts';
import { mlpHead } from './heads/mlpHead.ts';
import { infoNce } from './infoNce.ts';
import { l2Normalize } from './l2Normalize.ts';
import { regroup } from './regroup.ts';
import { mocoV2Views } from './views/recipes.ts';
import type { Node } from '../engine/graph/node.ts';
import type { Method, MethodContext, MethodDefaults, MethodStep } from './method.ts';

export interface MocoSettings {
  readonly temperature: number;
  /** How much of the key encoder stays at each step. */
  readonly momentum: number;
  /** Number of keys that are kept as negatives. */
  readonly queueSize: number;
  /**
   * Into how many groups normalisation splits the batch, as the paper's GPUs did (its section 3.3): keys are normalised
   * with other neighbours than queries, so that batch statistics do not give the positive away. The next lower divisor
   * of the batch size is taken; 1: no split.
   */
  readonly normSplits: number;
  /** Whether each view is query and key in turn, at the price of twice the work. */
  readonly symmetric: boolean;
  /** Width of the head's hidden layer; null: as wide as the features. */
  readonly hidden: number | null;
  readonly output: number;
}

const head = { hidden: null, output: 128 };

const small: MethodDefaults<MocoSettings> = {
  settings: { temperature: 0.1, momentum: 0.99, queueSize: 4096, normSplits: 8, symmetric: false, ...head },
  optimizer: {
    name: 'sgd',
    learningRate: 0.06,
    perBatch: 128,
    weightDecay: 5e-4,
    momentum: 0.9,
    nesterov: false,
  },
  batchSize: 128,
  warmupEpochs: 0,
};

const large: MethodDefaults<MocoSettings> = {
  // Eight splits of 32 are the paper's eight GPUs.
  settings: {
    temperature: 0.2,
    momentum: 0.999,
    queueSize: 65_536,
    normSplits: 8,
    symmetric: false,
    ...head,
  },
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

/**
 * MoCo v2. The queue starts with random directions, which are easily told from real keys: the loss first rises while
 * real keys replace them.
 */
export const moco: Method<MocoSettings> = {
  name: 'moco-v2',
  title: 'MoCo v2',
  summary: 'As SimCLR, but compares with a long queue of earlier images, so small batches are enough.',
  paper: 'Chen et al. 2020, Improved Baselines with Momentum Contrastive Learning, arXiv:2003.04297',

  defaults: (scale) => (scale === 'small' ? small : large),
  // Longer, and the queue would hold an image's own earlier key among its negatives.
  limitSettings: (settings, sampleCount) => ({
    ...settings,
    queueSize: Math.max(1, Math.min(settings.queueSize, Math.floor(sampleCount / 2))),
  }),
  views: (_, scale, imageSize) => mocoV2Views(scale, imageSize),
  schedules: ({ momentum }) => ({ momentum: () => momentum }),
  build,
  chanceLoss: ({ queueSize }) => Math.log(queueSize + 1),
};

function build(context: MethodContext<MocoSettings>): MethodStep {
  const { settings, batchSize, scope, views } = context;
  const splits = divisorUpTo(settings.normSplits, batchSize);
  const online = splitNorms(scope, splits);
  const slow = momentumScope(online, 'momentum', context.scalar('momentum'));
  const negatives = buffer(scope, 'queue', [settings.queueSize, settings.output], { kind: 'unitRows' });

  const contrast = (queryView: Node, keyView: Node): { loss: Node; queries: Node; keys: Node } => {
    const queries = embed(context, online, queryView);
    const shuffled = embed(context, slow, regroup(keyView, splits));
    const keys = stopGradient(regroup(shuffled, batchSize / splits));
    return { loss: infoNce(queries, { keys, negatives, temperature: settings.temperature }), queries, keys };
  };

  const [first, second] = views;
  const { loss, queries, keys } = contrast(first, second);
  if (!settings.symmetric) {
    enqueue(scope, negatives, [keys]);
    return { loss, embeddings: [queries, keys] };
  }
  const swapped = contrast(second, first);
  enqueue(scope, negatives, [keys, swapped.keys]);
  return { loss: multiply(add(loss, swapped.loss), 0.5), embeddings: [queries, keys] };
}

/** Unit rows [N, output]. */
function embed({ encoder, settings }: MethodContext<MocoSettings>, scope: Scope, view: Node): Node {
  const features = encoder.build(scope.child('encoder'), view);
  const layers = [settings.hidden ?? encoder.featureCount, settings.output];
  return l2Normalize(mlpHead(scope.child('projector'), features, { layers, normalization: 'none' }));
}

/** First in, first out: new keys before the rest, the oldest fall off. */
function enqueue(scope: Scope, queue: Node, keys: readonly Node[]): void {
  assign(scope, 'queue', sliceAxis(concat([...keys, queue], 0), 0, 0, staticDim(queue.shape, 0)));
}

/** The greatest divisor of `batchSize` up to `limit` that leaves at least two samples a group. */
function divisorUpTo(limit: number, batchSize: number): number {
  let divisor = Math.max(1, Math.min(limit, Math.floor(batchSize / 2)));
  while (batchSize % divisor !== 0) divisor--;
  return divisor;
}
