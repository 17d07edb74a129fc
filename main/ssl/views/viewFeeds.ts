import { feed } from '../../engine/graph/ops.ts';
import type { Dim, Node, Tensor } from '../../engine/graph/node.ts';
import type { ViewParameters } from './sampleView.ts';
import type { ViewRecipe } from './recipe.ts';

/**
 * What the graph is told about one view of a batch of N images, float32:
 * - geometry [N, 6]: top, left, height and width of the crop in pixels of the slot; flips (1 left to right, 2 upside
 *   down, 3 both); 1/(2σ²) of the blur, σ in pixels of the view;
 * - color [N, 4, 10]: four steps, one after the other, each a 3×3 matrix M in row-major order and a weight k of the
 *   view's mean grey: x ← clamp(M·x + k·grey(x), 0, 1);
 * - finish [N, 2]: 1 or 0 for greyscale, 1 or 0 for solarisation.
 * `color` and `finish` are absent where the recipe does not use them.
 */
export type ViewFeedName = 'geometry' | 'color' | 'finish';

const sampleShapes = { geometry: [6], color: [4, 10], finish: [2] } as const;

/** Nodes of `ViewFeedName`'s shapes. */
export interface ViewFeeds {
  readonly geometry: Node;
  readonly color: Node | null;
  readonly finish: Node | null;
}

/** Whether a recipe changes colours at all. */
export function usesColor({ jitter }: ViewRecipe): boolean {
  const strengths = [jitter.brightness, jitter.contrast, jitter.saturation, jitter.hue];
  return jitter.probability > 0 && strengths.some((strength) => strength > 0);
}

/** Whether a recipe ever makes a view grey or solarises it. */
export function usesFinish({ grayscaleProbability, solarizeProbability }: ViewRecipe): boolean {
  return grayscaleProbability > 0 || solarizeProbability > 0;
}

/** The feeds that a recipe needs, with their shapes for a batch of n images. */
export function viewFeedShapes(
  recipe: ViewRecipe,
  n: number,
): Partial<Record<ViewFeedName, readonly number[]>> & { readonly geometry: readonly number[] } {
  return {
    geometry: [n, ...sampleShapes.geometry],
    ...(usesColor(recipe) && { color: [n, ...sampleShapes.color] }),
    ...(usesFinish(recipe) && { finish: [n, ...sampleShapes.finish] }),
  };
}

/** The feed nodes of the view number `view`, named `view.<view>.geometry` and so on. */
export function viewFeeds(view: number, recipe: ViewRecipe, batch: Dim): ViewFeeds {
  const declare = (name: ViewFeedName): Node => feed(`view.${view}.${name}`, [batch, ...sampleShapes[name]]);
  return {
    geometry: declare('geometry'),
    color: usesColor(recipe) ? declare('color') : null,
    finish: usesFinish(recipe) ? declare('finish') : null,
  };
}

/** The drawn parameters of a batch, named as `viewFeeds` declares them. */
export function viewTensors(view: number, parameters: ViewParameters): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const name of ['geometry', 'color', 'finish'] as const) {
    const data = parameters[name];
    if (!data) continue;
    const shape = sampleShapes[name];
    const n = data.length / shape.reduce((product, dim) => product * dim, 1);
    tensors[`view.${view}.${name}`] = { dtype: 'float32', shape: [n, ...shape], data };
  }
  return tensors;
}
