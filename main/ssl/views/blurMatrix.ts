import {
  constant,
  divide,
  exp,
  matmul,
  multiply,
  negate,
  reduceSum,
  reshape,
} from '../../engine/graph/ops.ts';
import type { Node } from '../../engine/graph/node.ts';

/** What a sample that is not blurred has in the place of 1/(2σ²): every neighbour's weight is then 0. */
export const noBlur = 1e6;

/** The kernel reaches this many pixels to either side: its size is a tenth of the view's, odd, at least 3 (SimCLR). */
export function blurRadius(size: number): number {
  return Math.max(1, Math.floor(size / 20));
}

/**
 * The matrix [N, S, S] that blurs an axis with a Gaussian of its own for each sample, reflected at the borders (the
 * outermost pixel is not repeated), as torchvision's `gaussian_blur` with the kernel size 2·radius + 1.
 * @param sharpness 1/(2σ²) of each sample, float32 [N, 1]
 */
export function blurMatrix(sharpness: Node, size: number, radius = blurRadius(size)): Node {
  const [batch = 1] = sharpness.shape;
  const squares = Float64Array.from({ length: radius + 1 }, (_, distance) => distance ** 2);
  const weights = exp(negate(multiply(sharpness, constant(squares, [1, radius + 1]))));
  const bothSides = constant(
    squares.map((square) => (square === 0 ? 1 : 2)),
    [1, radius + 1],
  );
  const normalized = divide(weights, reduceSum(multiply(weights, bothSides), [1], true));
  return reshape(matmul(normalized, neighbourCounts(size, radius)), [batch, size, size]);
}

/** [radius + 1, S·S]: how many of the neighbours at a distance from pixel i are, after reflection, pixel k. */
function neighbourCounts(size: number, radius: number): Node {
  const counts = new Float64Array((radius + 1) * size * size);
  for (let i = 0; i < size; i++) {
    for (let offset = -radius; offset <= radius; offset++) {
      counts[(Math.abs(offset) * size + i) * size + reflect(i + offset, size)] += 1;
    }
  }
  return constant(counts, [radius + 1, size * size]);
}

function reflect(position: number, size: number): number {
  return size - 1 - Math.abs(size - 1 - Math.abs(position));
}
