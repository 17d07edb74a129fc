import type { DType, NumericArray, Tensor } from '../../graph/node.ts';
import type { TensorFlow, TfTensor } from './tensorFlow.ts';

/** TensorFlow.js's dtype of ours. It has no bytes: pixels are int32 in there. */
export function tfDType(dtype: DType): 'float32' | 'int32' {
  return dtype === 'float32' ? 'float32' : 'int32';
}

/** A copy of a tensor, in TensorFlow's memory. */
export function toTensorFlow(tf: TensorFlow, { dtype, shape, data }: Tensor): TfTensor {
  const values = dtype === 'float32' ? Float32Array.from(data) : Int32Array.from(data);
  return tf.tensor(values, [...shape], tfDType(dtype));
}

/** A copy of TensorFlow's tensor, as one of ours of `dtype`. */
export async function fromTensorFlow(value: TfTensor, dtype: DType): Promise<Tensor> {
  return { dtype, shape: [...value.shape], data: arrayOf(dtype, await value.data()) };
}

function arrayOf(dtype: DType, values: Float32Array | Int32Array | Uint8Array): NumericArray {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(values);
    case 'int32':
      return Int32Array.from(values);
    case 'uint8':
      return Uint8Array.from(values);
  }
}
