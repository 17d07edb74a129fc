import { InferenceSession, type Tensor as OrtTensor } from 'onnxruntime-node';
import type { DType } from '../../graph/node.ts';
import { createEmitter } from '../../lower/onnx/emitter.ts';
import { sessionOptions } from './sessionOptions.ts';

/** Copies tensors of one dtype and any shape to one place. */
export interface Transfer {
  run(value: OrtTensor): Promise<OrtTensor>;
  release(): Promise<void>;
}

/** A model that does nothing, on WebGPU, whose output is kept where it is wanted. */
export async function createTransfer(dtype: DType, to: 'gpu-buffer' | 'cpu'): Promise<Transfer> {
  const onnx = createEmitter();
  onnx.emitNamed('Identity', ['x'], 'y');
  const model = onnx.encode([{ name: 'x', dtype, shape: 'any' }], [{ name: 'y', dtype, shape: 'any' }]);
  const session = await InferenceSession.create(model, {
    ...sessionOptions({ device: 'webgpu' }),
    preferredOutputLocation: to,
  });
  return {
    run: async (x) => {
      const { y } = await session.run({ x });
      return y;
    },
    release: () => session.release(),
  };
}
