import type { TensorFlow, Tensor4D, TfTensor } from './tensorFlow.ts';

/** Images as TensorFlow's kernels take them on every device: [N, C, H, W] → [N, H, W, C]. */
export function channelsLast(tf: TensorFlow, x: TfTensor): Tensor4D {
  return tf.transpose(x, [0, 2, 3, 1]) as Tensor4D;
}

/** [N, H, W, C] → [N, C, H, W]. */
export function channelsFirst(tf: TensorFlow, x: TfTensor): TfTensor {
  return tf.transpose(x, [0, 3, 1, 2]);
}

/**
 * [N, H, W, C] with `padding` more places of `value` on all four sides. Padding is made before each kernel, because
 * TensorFlow's gradients of convolutions and poolings take none of their own.
 */
export function padded(tf: TensorFlow, x: Tensor4D, padding: number, value = 0): Tensor4D {
  if (padding === 0) return x;
  const side: [number, number] = [padding, padding];
  return tf.pad(x, [[0, 0], side, side, [0, 0]], value); // prettier-ignore
}

/** The places of [N, H + 2·padding, W + 2·padding, C] that `padded` did not add. */
export function unpadded(tf: TensorFlow, x: Tensor4D, padding: number): Tensor4D {
  if (padding === 0) return x;
  const [count, height, width, channels] = x.shape;
  const size = [count, height - 2 * padding, width - 2 * padding, channels];
  return tf.slice(x, [0, padding, padding, 0], size);
}
