import type { KernelRows } from './kernel.ts';
import type { TensorFlow, TfTensor } from './tensorFlow.ts';

export function channelKernels(tf: TensorFlow): KernelRows<'channelAffine' | 'fusedAffine' | 'batchNorm'> {
  /** [C] → [1, C, 1, …], to meet x's channels. */
  const channels = (vector: TfTensor, x: TfTensor): TfTensor =>
    tf.reshape(
      vector,
      x.shape.map((size, axis) => (axis === 1 ? size : 1)),
    );
  const affine = (x: TfTensor, scale: TfTensor, shift: TfTensor): TfTensor =>
    tf.add(tf.mul(x, channels(scale, x)), channels(shift, x));
  return {
    channelAffine: ([x, scale, shift]) => affine(x, scale, shift),
    fusedAffine: ([x, scale, shift, addend], { relu }) => {
      const sum = addend ? tf.add(affine(x, scale, shift), addend) : affine(x, scale, shift);
      return relu ? tf.relu(sum) : sum;
    },
    batchNorm: ([x, scale, shift], { epsilon }) => {
      const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
      const centered = tf.sub(x, tf.mean(x, axes, true));
      const variance = tf.mean(tf.square(centered), axes, true);
      const factor = tf.div(channels(scale, x), tf.sqrt(tf.add(variance, epsilon)));
      return tf.add(tf.mul(centered, factor), channels(shift, x));
    },
  };
}
