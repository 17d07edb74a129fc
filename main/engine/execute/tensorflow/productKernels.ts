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
    conv2d: ([x, w], { stride, padding }) => {
      const images = padded(tf, channelsLast(tf, x), padding);
      return channelsFirst(tf, tf.conv2d(images, kernelLast(tf, w), stride, 'valid'));
    },
    conv2dInputGradient: ([g, w], { stride, padding, inputSize }) => {
      const [gradient, filter] = [channelsLast(tf, g), kernelLast(tf, w)];
      const [height, width] = inputSize.map((size) => size + 2 * padding);
      const shape: Tensor4D['shape'] = [gradient.shape[0], height, width, filter.shape[2]];
      const wide = tf.conv2dTranspose(gradient, filter, shape, stride, 'valid');
      return channelsFirst(tf, unpadded(tf, wide, padding));
    },
    conv2dWeightGradient: ([x, g], attributes) => weightGradient(tf, x, g, attributes),
  };
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
