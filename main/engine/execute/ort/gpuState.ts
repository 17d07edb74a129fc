import type { Tensor as OrtTensor } from 'onnxruntime-node';
import type { DType, Tensor } from '../../graph/node.ts';
import type { LoweredModel } from '../../lower/lowering.ts';
import { createTransfer, type Transfer } from './transfer.ts';
import { allocate, cpuData, fromOrt, resultOf, toOrt } from './ortTensor.ts';
import type { StateStore } from './stateStore.ts';
import type { StateType } from './stateTypes.ts';

/**
 * State in the GPU's memory. It goes up and down through small models, because a GPU tensor's getData() aborts.
 * ONNX Runtime cannot copy uint8 on the GPU: such states stay in the CPU's memory and go up at each step.
 */
export function createGpuState(lowered: LoweredModel, types: ReadonlyMap<string, StateType>): StateStore {
  const tensors = new Map<string, OrtTensor>();
  const transfers = new Map<string, Promise<Transfer>>();
  const transfer = (dtype: DType, to: 'gpu-buffer' | 'cpu'): Promise<Transfer> => {
    const key = `${dtype} ${to}`;
    const known = transfers.get(key) ?? createTransfer(dtype, to);
    transfers.set(key, known);
    return known;
  };
  const typeOf = (name: string): StateType => {
    const type = types.get(name);
    if (!type) throw new Error(`unknown state "${name}"`);
    return type;
  };
  const replace = (name: string, value: OrtTensor): void => {
    tensors.get(name)?.dispose();
    tensors.set(name, value);
  };
  const load = async (name: string, value: Tensor): Promise<void> => {
    if (value.dtype === 'uint8') {
      replace(name, allocate(value.dtype, value.shape, value));
      return;
    }
    const upload = await transfer(value.dtype, 'gpu-buffer');
    replace(name, await upload.run(toOrt(value)));
  };
  const inputs = (): Record<string, OrtTensor> =>
    Object.fromEntries([...lowered.states].map(([name, port]) => [port.name, current(tensors, name)]));

  return {
    inputs,
    fetches: () => Object.fromEntries([...lowered.updates.values()].map((port) => [port.name, null])),
    commit: (results) => {
      for (const [name, port] of lowered.updates) replace(name, resultOf(results, port.name));
    },
    load,
    read: async (name) => {
      const { dtype, shape } = typeOf(name);
      // A state that is only written has none before the first step.
      const value = tensors.get(name) ?? allocate(dtype, shape);
      if (value.location === 'cpu') return { dtype, shape: [...shape], data: cpuData(value).slice() };
      const download = await transfer(dtype, 'cpu');
      return { ...fromOrt(await download.run(value), dtype), shape: [...shape] };
    },
    dispose: async () => {
      // Tensors first: releasing a session that still owns some crashes the process.
      for (const value of tensors.values()) value.dispose();
      tensors.clear();
      for (const opened of transfers.values()) await (await opened).release();
      transfers.clear();
    },
  };
}

function current(tensors: ReadonlyMap<string, OrtTensor>, name: string): OrtTensor {
  const value = tensors.get(name);
  if (!value) throw new Error(`state "${name}" has no value`);
  return value;
}
