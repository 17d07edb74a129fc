import { Tensor as OrtTensor } from 'onnxruntime-node';
import { elementCount } from '../../graph/shape.ts';
import type { DType, NumericArray, Tensor } from '../../graph/node.ts';

/** ONNX Runtime's tensor of a tensor; shares the values where their type allows it. */
export function toOrt({ dtype, shape, data }: Tensor): OrtTensor {
  switch (dtype) {
    case 'float32':
      return new OrtTensor(dtype, data instanceof Float32Array ? data : Float32Array.from(data), shape);
    case 'int32':
      return new OrtTensor(dtype, data instanceof Int32Array ? data : Int32Array.from(data), shape);
    case 'uint8':
      return new OrtTensor(dtype, data instanceof Uint8Array ? data : Uint8Array.from(data), shape);
  }
}

/** The tensor of ONNX Runtime's one, which must be on the CPU; shares the values. */
export function fromOrt(value: OrtTensor, dtype: DType): Tensor {
  return { dtype, shape: value.dims, data: cpuData(value) };
}

/** The values of a tensor on the CPU. Errors on one that is elsewhere, or of a type that graphs do not have. */
export function cpuData({ data }: OrtTensor): Exclude<NumericArray, Float64Array> {
  if (data instanceof Float32Array || data instanceof Int32Array || data instanceof Uint8Array) return data;
  throw new Error('ONNX Runtime returned a tensor of an unexpected type');
}

/** A run's result. Errors where it was not fetched. */
export function resultOf(results: Readonly<Record<string, OrtTensor | null>>, name: string): OrtTensor {
  const value = results[name];
  if (!value) throw new Error(`ONNX Runtime returned no "${name}"`);
  return value;
}

/** Own storage on the CPU, of zeros or of a copy of `from`. */
export function allocate(dtype: DType, shape: readonly number[], from?: Tensor): OrtTensor {
  const data = from ? from.data.slice() : new Float32Array(elementCount(shape));
  return toOrt({ dtype, shape, data });
}
