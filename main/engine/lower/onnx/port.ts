import type { DType, Shape } from '../../graph/node.ts';
import { onnxDataType } from './dataType.ts';
import type { ValueInfoProto } from './schema.ts';

/** An input or output of a model. */
export interface Port {
  readonly name: string;
  readonly dtype: DType;
  /** 'any': not even the number of axes is fixed. Named dimensions become ONNX's `dim_param`. */
  readonly shape: Shape | 'any';
}

export function valueInfo({ name, dtype, shape }: Port): ValueInfoProto {
  const elemType = onnxDataType[dtype];
  if (shape === 'any') return { name, type: { tensorType: { elemType } } };
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}
