import { checkGraph } from '../engine/graph/checkGraph.ts';
import { feed } from '../engine/graph/ops.ts';
import { applyOptimizer, type OptimizerSettings, type ResolvedParameterGroup } from '../nn/optimizers.ts';
import { createVariables, rootScope, type Variables } from '../nn/variables.ts';
import { buildView } from '../ssl/views/buildView.ts';
import { pixelsToFloat } from '../ssl/views/normalization.ts';
import { applyPreset, type ViewPresetName } from '../ssl/views/presets.ts';
import { viewFeeds } from '../ssl/views/viewFeeds.ts';
import { monitorNodes, pairNodes } from './monitors.ts';
import { gramNode } from './rankMe.ts';
import type { Graph } from '../engine/graph/graph.ts';
import type { Node } from '../engine/graph/node.ts';
import type { Encoder } from '../nn/encoder.ts';
import type { Method, MethodStep, ParameterGroup, Scale } from '../ssl/method.ts';
import type { ViewRecipe } from '../ssl/views/recipe.ts';

export interface PretrainingGraphRequest {
  readonly method: Method;
  readonly settings: object;
  readonly encoder: Encoder;
  readonly optimizer: OptimizerSettings;
  readonly batchSize: number;
  /** M: side of the pixel store's slots. */
  readonly slotSize: number;
  /** S: side of the views. */
  readonly imageSize: number;
  readonly scale: Scale;
  readonly preset: ViewPresetName;
  readonly sampleCount: number;
  /** Batches whose gradients are averaged before an update; 1 unless given. */
  readonly accumulate?: number;
}

export interface PretrainingGraph {
  /** Outputs: those of `MonitorNodes` and `PairNodes`, and `gram` (see `gramNode`); updates of the whole state. */
  readonly graph: Graph;
  readonly variables: Variables;
  readonly recipes: readonly ViewRecipe[];
  /** d of the embeddings that are monitored. */
  readonly embeddingSize: number;
}

/**
 * The whole step as one graph: pixels → views → the method's loss → gradients → update.
 *
 * Feeds: `images` uint8 [N, 3, M, M], `indices` int32 [N], `learningRate` and `initialLearningRate` float32 [],
 * `schedule.<name>` float32 [] for each of the method's schedules that it reads, `view.<v>.<…>` (see `viewFeeds`), and
 * where batches are accumulated `applyUpdate` float32 [] (see `Accumulation`).
 */
export function buildPretrainingGraph(request: PretrainingGraphRequest): PretrainingGraph {
  const { method, settings, scale, imageSize, preset } = request;
  const recipes = method.views(settings, scale, imageSize).map((recipe) => applyPreset(recipe, preset));
  const { step, variables } = buildTrainingStep(request, viewNodes(request, recipes));
  const graph: Graph = {
    outputs: { ...monitorNodes(step), ...pairNodes(step), gram: gramNode(step) },
    updates: Object.fromEntries(variables.updates),
  };
  checkGraph(graph);
  return { graph, variables, recipes, embeddingSize: Number(step.embeddings[0].shape[1]) };
}

/**
 * The step from the views on: the method's loss, its gradients, the optimizer's update.
 * @param views one for each of the method's views, float32 [N, 3, S, S], normalised
 */
export function buildTrainingStep(
  request: Pick<
    PretrainingGraphRequest,
    'method' | 'settings' | 'encoder' | 'optimizer' | 'batchSize' | 'sampleCount' | 'accumulate'
  >,
  views: readonly Node[],
): { readonly step: MethodStep; readonly variables: Variables } {
  const { method, settings, encoder, batchSize, sampleCount, accumulate = 1 } = request;
  const variables = createVariables();
  const scalar = scheduledScalars();
  const step = method.build({
    settings,
    views,
    indices: feed('indices', [batchSize], 'int32'),
    sampleCount,
    batchSize,
    encoder,
    scope: rootScope(variables, 'training'),
    scalar,
  });
  applyOptimizer({
    variables,
    loss: step.loss,
    settings: request.optimizer,
    learningRate: feed('learningRate', []),
    initialLearningRate: feed('initialLearningRate', []),
    group: (parameter) => resolveGroup(method.parameterGroup?.(parameter, settings) ?? {}, scalar),
    ...(accumulate > 1 && { accumulation: { batches: accumulate, update: feed('applyUpdate', []) } }),
  });
  return { step, variables };
}

function viewNodes(request: PretrainingGraphRequest, recipes: readonly ViewRecipe[]): Node[] {
  const { batchSize, slotSize } = request;
  const images = pixelsToFloat(feed('images', [batchSize, 3, slotSize, slotSize], 'uint8'));
  return recipes.map((recipe, view) => buildView(images, viewFeeds(view, recipe, batchSize), recipe));
}

/** One feed for each name, however often it is asked for. */
function scheduledScalars(): (name: string) => Node {
  const feeds = new Map<string, Node>();
  return (name) => {
    const known = feeds.get(name) ?? feed(`schedule.${name}`, []);
    feeds.set(name, known);
    return known;
  };
}

function resolveGroup(
  { learningRateScale, ...rest }: ParameterGroup,
  scalar: (name: string) => Node,
): ResolvedParameterGroup {
  if (learningRateScale === undefined) return rest;
  return {
    ...rest,
    learningRateScale: typeof learningRateScale === 'string' ? scalar(learningRateScale) : learningRateScale,
  };
}
