import { add, concat, multiply, sliceAxis, stopGradient } from '../engine/graph/ops.ts';
import { staticDim } from '../engine/graph/shape.ts';
import { assign, buffer, momentumScope, splitNorms, type Scope } from '../nn/variables.ts';
import { mlpHead } from './heads/mlpHead.ts';
import { infoNce } from './infoNce.ts';
import { l2Normalize } from './l2Normalize.ts';
import { regroup } from './regroup.ts';
import { smallImageSgd } from './smallImageOptimizers.ts';
import type { Node } from '../engine/graph/node.ts';
import type { Method, MethodContext, MethodDefaults, MethodStep, Scale } from './method.ts';

/** What both versions of MoCo have: they differ in the head, the views and the recipe. */
export interface MomentumContrastSettings {
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
  /** d of the embeddings. */
  readonly output: number;
}

const same = { normSplits: 8, symmetric: false, output: 128 };

const small: MethodDefaults<MomentumContrastSettings> = {
  settings: { ...same, temperature: 0.1, momentum: 0.99, queueSize: 4096 },
  // The authors' CIFAR-10 demo has this rate for 512 images; for 128, as Lightly has it, short runs get further.
  optimizer: smallImageSgd(0.06),
  batchSize: 128,
  warmupEpochs: 0,
};

const large: MethodDefaults<MomentumContrastSettings> = {
  // Eight splits of 32 are the paper's eight GPUs.
  settings: { ...same, temperature: 0.2, momentum: 0.999, queueSize: 65_536 },
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

/** The published values of the second version, but for its head. */
export function momentumContrastDefaults(scale: Scale): MethodDefaults<MomentumContrastSettings> {
  return scale === 'small' ? small : large;
}

/**
 * The part of a method that both versions share.
 * @param headLayers sizes of the head's layers, the embedding's last
 */
export function momentumContrast<Settings extends MomentumContrastSettings>(
  headLayers: (context: MethodContext<Settings>) => readonly number[],
): Required<
  Pick<Method<Settings>, 'limitSettings' | 'schedules' | 'build' | 'chanceLoss' | 'accumulationFault'>
> {
  return {
    // Longer, and the queue would hold an image's own earlier key among its negatives.
    limitSettings: (settings, sampleCount) => ({
      ...settings,
      queueSize: Math.max(1, Math.min(settings.queueSize, Math.floor(sampleCount / 2))),
    }),
    schedules: ({ momentum }) => ({ momentum: () => momentum }),
    build: (context) => build(context, headLayers(context)),
    chanceLoss: ({ queueSize }) => Math.log(queueSize + 1),
    accumulationFault: () => null,
  };
}

type Context = MethodContext<MomentumContrastSettings>;

/** He et al. 2020, algorithm 1. */
function build(context: Context, layers: readonly number[]): MethodStep {
  const { settings, batchSize, scope, views } = context;
  const splits = divisorUpTo(settings.normSplits, batchSize);
  const online = splitNorms(scope, splits);
  const slow = momentumScope(online, 'momentum', context.scalar('momentum'));
  const negatives = buffer(scope, 'queue', [settings.queueSize, settings.output], { kind: 'unitRows' });

  const contrast = (queryView: Node, keyView: Node): { loss: Node; queries: Node; keys: Node } => {
    const queries = embed(context, { scope: online, view: queryView, layers });
    const shuffled = embed(context, { scope: slow, view: regroup(keyView, splits), layers });
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
function embed(
  { encoder }: Context,
  { scope, view, layers }: { scope: Scope; view: Node; layers: readonly number[] },
): Node {
  const features = encoder.build(scope.child('encoder'), view);
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
