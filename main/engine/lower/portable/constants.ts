import type { Tensor } from '../../graph/node.ts';
import type { OnnxConstant, OnnxEmitter } from '../onnx/emitter.ts';

/** Above this size a constant of one repeated number is stored as that number. */
const largestRepeated = 1024;

export function lowerConstant(value: Tensor, onnx: OnnxEmitter): string {
  const data = onnxData(value);
  const [first] = data;
  if (data.length > largestRepeated && data.every((element) => element === first)) {
    const single = onnx.constant({ type: value.dtype, shape: [], data: data.slice(0, 1) });
    return onnx.emit('Expand', [single, onnx.int64s(value.shape)]);
  }
  return onnx.constant({ type: value.dtype, shape: value.shape, data });
}

function onnxData({ dtype, data }: Tensor): Exclude<OnnxConstant['data'], BigInt64Array> {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(data);
    case 'int32':
      return Int32Array.from(data);
    case 'uint8':
      return Uint8Array.from(data);
  }
}
