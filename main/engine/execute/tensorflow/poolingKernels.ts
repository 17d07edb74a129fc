import { channelsFirst, channelsLast, padded, unpadded } from './images.ts';
import type { KernelRows } from './kernel.ts';
import type { TensorFlow, Tensor4D } from './tensorFlow.ts';

export function poolingKernels(tf: TensorFlow): KernelRows<'maxPool2d' | 'maxPool2dGradient'> {
  return {
    maxPool2d: ([x], { kernel, stride, padding }) => {
      const images = padded(tf, channelsLast(tf, x), padding, -Infinity);
      return channelsFirst(tf, tf.maxPool(images, kernel, stride, 'valid'));
    },
    maxPool2dGradient: ([x, y, g], { kernel, stride, padding }) => {
      const input = padded(tf, channelsLast(tf, x), padding, -Infinity);
      const inputs = { dy: channelsLast(tf, g), input, output: channelsLast(tf, y) };
      const attributes = { filterSize: [kernel, kernel], strides: [stride, stride], pad: 'valid' };
      const wide = tf.engine().runKernel<Tensor4D>(tf.MaxPoolGrad, inputs, attributes);
      return channelsFirst(tf, unpadded(tf, wide, padding));
    },
  };
}
