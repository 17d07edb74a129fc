import type { Conv2dAttributes } from '../../graph/node.ts';
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
      const [height, width] = inputSize.map((size) => size + 2 * padding);
      const shape: [number, number, number, number] = [g.shape[0], height, width, w.shape[1]];
      const gradient = channelsLast(tf, g);
      const wide = tf.conv2dTranspose(gradient, kernelLast(tf, w), shape, stride, 'valid');
      return channelsFirst(tf, unpadded(tf, wide, padding));
    },
    conv2dWeightGradient: ([x, g], { kernelSize, ...attributes }) => {
      const filterShape = [...kernelSize, x.shape[1], g.shape[1]];
      return tf.transpose(weightGradient(tf, x, g, filterShape, attributes), [3, 2, 0, 1]);
    },
  };
}

/** [O, I, kh, kw] → [kh, kw, I, O]. */
function kernelLast(tf: TensorFlow, w: TfTensor): Tensor4D {
  return tf.transpose(w, [2, 3, 1, 0]) as Tensor4D;
}

/** (x [N, I, H, W], g [N, O, H', W']) → [kh, kw, I, O]. TensorFlow.js has this kernel, but no function for it. */
function weightGradient(
  tf: TensorFlow,
  x: TfTensor,
  g: TfTensor,
  filterShape: number[],
  { stride, padding }: Conv2dAttributes,
): TfTensor {
  const images = padded(tf, channelsLast(tf, x), padding);
  const inputs = { x: images, dy: channelsLast(tf, g) };
  const attributes = { strides: [stride, stride], pad: 'valid', dataFormat: 'NHWC', filterShape };
  return tf.engine().runKernel<TfTensor>(tf.Conv2DBackpropFilter, inputs, attributes);
}

/** Both operands with all leading axes of the product: TensorFlow.js's own broadcasting repeats them in a wrong order. */
function sameBatch(tf: TensorFlow, a: TfTensor, b: TfTensor): readonly [TfTensor, TfTensor] {
  const batch = staticShape(broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)));
  const [left, right] = [a, b].map((x) => tf.broadcastTo(x, [...batch, ...x.shape.slice(-2)]));
  return [left, right];
}
