import { checkGraph } from '../engine/graph/checkGraph.ts';
import { feed, reduceMean } from '../engine/graph/ops.ts';
import { linear } from '../nn/layers.ts';
import { applyOptimizer, type SgdSettings } from '../nn/optimizers.ts';
import { createVariables, rootScope, type Variables } from '../nn/variables.ts';
import { buildView } from '../ssl/views/buildView.ts';
import { pixelsToFloat } from '../ssl/views/normalization.ts';
import { viewFeeds } from '../ssl/views/viewFeeds.ts';
import { softmaxCrossEntropy } from './softmaxCrossEntropy.ts';
import type { Graph } from '../engine/graph/graph.ts';
import type { Encoder } from '../nn/encoder.ts';
import type { ViewRecipe } from '../ssl/views/recipe.ts';

export interface ClassifierStepRequest {
  readonly encoder: Encoder;
  readonly classCount: number;
  readonly batchSize: number;
  /** M. */
  readonly slotSize: number;
  readonly recipe: ViewRecipe;
  readonly optimizer: SgdSettings;
  /** Multiplies the learning rate of the linear layer. */
  readonly headLearningRateScale: number;
}

/** The scopes of a classifier's names: `encoder.…` and `classifier.weight`, `classifier.bias`. */
export const encoderScope = 'encoder';
export const headScope = 'classifier';

/**
 * A supervised step as one graph: pixels → one view → encoder → linear layer → mean cross-entropy → update.
 * Feeds: `images` uint8 [N, 3, M, M], `labels` int32 [N], `learningRate` float32 [], `view.0.<…>`. Output: `loss`.
 */
export function buildClassifierStep(request: ClassifierStepRequest): { graph: Graph; variables: Variables } {
  const { encoder, classCount, batchSize, slotSize, recipe, optimizer, headLearningRateScale } = request;
  const variables = createVariables();
  const scope = rootScope(variables, 'training');
  const images = pixelsToFloat(feed('images', [batchSize, 3, slotSize, slotSize], 'uint8'));
  const view = buildView(images, viewFeeds(0, recipe, batchSize), recipe);
  const features = encoder.build(scope.child(encoderScope), view);
  const logits = linear(scope.child(headScope), features, { out: classCount });
  const loss = reduceMean(softmaxCrossEntropy(logits, feed('labels', [batchSize], 'int32')));
  const learningRate = feed('learningRate', []);
  applyOptimizer({
    variables,
    loss,
    settings: optimizer,
    learningRate,
    initialLearningRate: learningRate,
    group: ({ name }) =>
      name.startsWith(`${headScope}.`) ? { learningRateScale: headLearningRateScale } : {},
  });
  const graph: Graph = { outputs: { loss }, updates: Object.fromEntries(variables.updates) };
  checkGraph(graph);
  return { graph, variables };
}
