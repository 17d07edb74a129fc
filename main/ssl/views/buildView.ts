import { add, matmul, multiply, reshape, sliceAxis, step, subtract } from '../../engine/graph/ops.ts';
import { staticDim } from '../../engine/graph/shape.ts';
import { blurMatrix } from './blurMatrix.ts';
import { grayscale, jitterColors, solarize } from './colorView.ts';
import { normalizeImage } from './normalization.ts';
import { places, resizeMatrix } from './resizeMatrix.ts';
import type { Node } from '../../engine/graph/node.ts';
import type { ViewFeeds } from './viewFeeds.ts';
import type { ViewRecipe } from './recipe.ts';

/**
 * One view of each image: crop, flip and blur as Ry · image · Rxᵀ with two small matrices a sample, then colours,
 * greyscale, solarisation, normalisation. What the recipe never does is not in the graph.
 *
 * torchvision's recipes blur after the colours. All but the clamping commutes with it.
 * @param images float32 [N, 3, M, M] in 0 … 1, image top left in its slot (`pixelsToFloat`)
 * @returns float32 [N, 3, S, S], S = recipe.size, normalised by ImageNet's mean and standard deviation
 */
export function buildView(images: Node, feeds: ViewFeeds, recipe: ViewRecipe): Node {
  const [batch = 1] = images.shape;
  const { size } = recipe;
  const cropped = cropFlipBlur(images, feeds.geometry, recipe);
  if (!feeds.color && !feeds.finish) return normalizeImage(cropped);
  let x = reshape(cropped, [batch, 3, size * size]);
  if (feeds.color) x = jitterColors(x, feeds.color);
  if (feeds.finish) x = finishColors(x, feeds.finish, recipe);
  return normalizeImage(reshape(x, [batch, 3, size, size]));
}

/**
 * The part of `buildView` before the colours.
 * @param images float32 [N, 3, M, M]
 * @param geometry float32 [N, 6], see `ViewFeedName`
 * @returns float32 [N, 3, S, S]
 */
export function cropFlipBlur(
  images: Node,
  geometry: Node,
  { size, blur }: Pick<ViewRecipe, 'size' | 'blur'>,
): Node {
  const [batch = 1] = images.shape;
  const slotSize = staticDim(images.shape, 3);
  const column = (i: number): Node => reshape(sliceAxis(geometry, 1, i, i + 1), [batch, 1, 1]);
  const flips = column(4);
  const vertical = step(subtract(flips, 1.5));
  const horizontal = subtract(flips, multiply(vertical, 2));
  const blurring = blur.probability > 0 ? blurMatrix(sliceAxis(geometry, 1, 5, 6), size) : null;

  const axisMatrix = (start: Node, length: Node, flip: Node): Node => {
    const pixel = places(slotSize, 'row');
    const matrix = resizeMatrix({ pixel, place: flippedPlaces(flip, size), size, start, length });
    const blurred = blurring ? matmul(blurring, matrix) : matrix;
    return reshape(blurred, [batch, 1, size, slotSize]);
  };
  const rows = axisMatrix(column(0), column(2), vertical);
  const columns = axisMatrix(column(1), column(3), horizontal);
  return matmul(matmul(rows, images), columns, { transposeB: true });
}

/** [N, S, 1]: 0 … S − 1, backwards where `flip` (float32 [N, 1, 1]) is 1. */
function flippedPlaces(flip: Node, size: number): Node {
  const place = places(size, 'column');
  const turn = subtract(size - 1, multiply(place, 2));
  return add(place, multiply(flip, turn));
}

function finishColors(x: Node, finish: Node, recipe: ViewRecipe): Node {
  const [batch = 1] = x.shape;
  const column = (i: number): Node => reshape(sliceAxis(finish, 1, i, i + 1), [batch, 1, 1]);
  const grey = recipe.grayscaleProbability > 0 ? grayscale(x, column(0)) : x;
  return recipe.solarizeProbability > 0 ? solarize(grey, column(1)) : grey;
}
