import type { DType } from '../../graph/node.ts';

/** Element types of ONNX values: the graph's own, and what ONNX needs for shapes and comparisons. */
export type OnnxType = DType | 'int64' | 'bool';

/** TensorProto.DataType of the standard. */
export const onnxDataType: Readonly<Record<OnnxType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
};
