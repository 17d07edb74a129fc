import { add, cast, iota, matmul, reduceMax, reshape, sliceAxis } from '../../engine/graph/ops.ts';
import { staticDim } from '../../engine/graph/shape.ts';
import { normalizeImage } from './normalization.ts';
import { places, resizeMatrix } from './resizeMatrix.ts';
import type { Node } from '../../engine/graph/node.ts';

/**
 * The whole image, without its slot's empty rest, resized to a square (aspect not kept): what embedding and
 * evaluation see.
 * @param images float32 [N, 3, M, M] in 0 … 1, image top left in its slot
 * @param sizes int32 or float32 [N, 2]: height and width of each image in its slot
 * @param size S
 * @returns float32 [N, 3, S, S], normalised by ImageNet's mean and standard deviation
 */
export function wholeImageView(images: Node, sizes: Node, size: number): Node {
  const [batch = 1] = images.shape;
  const slotSize = staticDim(images.shape, 3);
  const known = cast(sizes, 'float32');
  const axisMatrix = (axis: number): Node => {
    const length = reshape(sliceAxis(known, 1, axis, axis + 1), [batch, 1, 1]);
    const matrix = resizeMatrix({
      pixel: places(slotSize, 'row'),
      place: places(size, 'column'),
      size,
      length,
    });
    return reshape(matrix, [batch, 1, size, slotSize]);
  };
  return normalizeImage(matmul(matmul(axisMatrix(0), images), axisMatrix(1), { transposeB: true }));
}

/**
 * Resizes images to a square exactly as `wholeImageView` does, for images that fill their tensor. Height and width
 * may be named: the matrices are built from their size when the graph runs. Neither scales nor normalises values.
 * @param images float32 [N, C, H, W]
 * @returns float32 [N, C, S, S]
 */
export function resizeImage(images: Node, size: number): Node {
  const rows = matmul(wholeAxisMatrix(images, 2, size), images);
  return matmul(rows, wholeAxisMatrix(images, 3, size), { transposeB: true });
}

/** [S, size of `axis`]. */
function wholeAxisMatrix(images: Node, axis: number, size: number): Node {
  const [dim = 1] = images.shape.slice(axis);
  const pixel = reshape(iota(images, axis), [1, dim]);
  const length = add(reduceMax(pixel, [0, 1], true), 1);
  return resizeMatrix({ pixel, place: places(size, 'column'), size, length });
}
