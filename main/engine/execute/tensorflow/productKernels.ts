import type { OpAttributes } from '../../graph/node.ts';
import { broadcastShapes, staticShape } from '../../graph/shape.ts';
import { channelsFirst, channelsLast, padded, unpadded } from './images.ts';
import type { KernelRows } from './kernel.ts';
import type { TensorFlow, Tensor4D, TfTensor } from './tensorFlow.ts';

export function productKernels(
  tf: TensorFlow,
): KernelRows<'matmul' | 'conv2d' | 'conv2dInputGradient' | 'conv2dWeightGradient'> {
  return {
    matmul: ([a, b], { transposeA, transposeB }) => {
      const [left, right] = sameBatch(tf, a, b);
      return tf.matMul(left, right, transposeA, transposeB);
    },
    conv2d: ([images, kernels], { stride, padding, groups = 1 }) =>
      inGroups(tf, [images, kernels], { groups, axes: [1, 0, 1] }, (x, w) => {
        const pixels = padded(tf, channelsLast(tf, x), padding);
        return channelsFirst(tf, tf.conv2d(pixels, kernelLast(tf, w), stride, 'valid'));
      }),
    conv2dInputGradient: ([gradients, kernels], { stride, padding, inputSize, groups = 1 }) =>
      inGroups(tf, [gradients, kernels], { groups, axes: [1, 0, 1] }, (g, w) => {
        const [gradient, filter] = [channelsLast(tf, g), kernelLast(tf, w)];
        const [height, width] = inputSize.map((size) => size + 2 * padding);
        const shape: Tensor4D['shape'] = [gradient.shape[0], height, width, filter.shape[2]];
        const wide = tf.conv2dTranspose(gradient, filter, shape, stride, 'valid');
        return channelsFirst(tf, unpadded(tf, wide, padding));
      }),
    conv2dWeightGradient: ([images, gradients], attributes) =>
      inGroups(tf, [images, gradients], { groups: attributes.groups ?? 1, axes: [1, 1, 0] }, (x, g) =>
        weightGradient(tf, x, g, attributes),
      ),
  };
}

/**
 * TensorFlow.js has no grouped convolution: each group's part of both operands, then the results together.
 * @param axes of the groups: in the first operand, in the second, in the result
 */
function inGroups(
  tf: TensorFlow,
  operands: readonly [TfTensor, TfTensor],
  { groups, axes }: { readonly groups: number; readonly axes: readonly [number, number, number] },
  convolve: (a: TfTensor, b: TfTensor) => TfTensor,
): TfTensor {
  if (groups === 1) return convolve(...operands);
  const [first, second] = operands.map((operand, i) => tf.split(operand, groups, axes[i]));
  return tf.concat(
    first.map((part, group) => convolve(part, second[group])),
    axes[2],
  );
}

/** [O, I, kh, kw] → [kh, kw, I, O]. */
function kernelLast(tf: TensorFlow, w: TfTensor): Tensor4D {
  return tf.transpose(w, [2, 3, 1, 0]) as Tensor4D;
}

/** (x [N, I, H, W], g [N, O, H', W']) → [O, I, kh, kw]. TensorFlow.js has this kernel, but no function for it. */
function weightGradient(
  tf: TensorFlow,
  image: TfTensor,
  gradient: TfTensor,
  { stride, padding, kernelSize }: OpAttributes['conv2dWeightGradient'],
): TfTensor {
  const [x, dy] = [padded(tf, channelsLast(tf, image), padding), channelsLast(tf, gradient)];
  const filterShape = [...kernelSize, x.shape[3], dy.shape[3]];
  const attributes = { strides: [stride, stride], pad: 'valid', dataFormat: 'NHWC', filterShape };
  const filter = tf.engine().runKernel<TfTensor>(tf.Conv2DBackpropFilter, { x, dy }, attributes);
  return tf.transpose(filter, [3, 2, 0, 1]);
}

/** Both operands with all leading axes of the product: TensorFlow.js's own broadcasting repeats them in a wrong order. */
function sameBatch(tf: TensorFlow, a: TfTensor, b: TfTensor): readonly [TfTensor, TfTensor] {
  const batch = staticShape(broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)));
  const [left, right] = [a, b].map((x) => tf.broadcastTo(x, [...batch, ...x.shape.slice(-2)]));
  return [left, right];
}
