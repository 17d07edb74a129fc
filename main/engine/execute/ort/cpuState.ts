import type { Tensor as OrtTensor } from 'onnxruntime-node';
import type { LoweredModel } from '../../lower/lowering.ts';
import { allocate, cpuData, fromOrt } from './ortTensor.ts';
import type { StateStore } from './stateStore.ts';
import type { StateType } from './stateTypes.ts';

/** Two buffers for each updated state: a step reads one and writes the other, then they change places. */
interface Slot extends StateType {
  current: OrtTensor;
  spare: OrtTensor | null;
}

/** State in memory; nothing is allocated between steps. States start as zeros. */
export function createCpuState(lowered: LoweredModel, types: ReadonlyMap<string, StateType>): StateStore {
  const slots = new Map<string, Slot>();
  for (const [name, { dtype, shape }] of types) {
    const spare = lowered.updates.has(name) ? allocate(dtype, shape) : null;
    slots.set(name, { dtype, shape, current: allocate(dtype, shape), spare });
  }
  const slot = (name: string): Slot => {
    const found = slots.get(name);
    if (!found) throw new Error(`unknown state "${name}"`);
    return found;
  };
  return {
    inputs: () =>
      Object.fromEntries([...lowered.states].map(([name, port]) => [port.name, slot(name).current])),
    fetches: () =>
      Object.fromEntries([...lowered.updates].map(([name, port]) => [port.name, slot(name).spare])),
    commit: () => {
      for (const name of lowered.updates.keys()) exchange(slot(name));
    },
    load: async (name, { data }) => {
      const order = lowered.orders?.get(name);
      cpuData(slot(name).current).set(order ? order.fromRowMajor(data) : data);
    },
    read: async (name) => {
      const { current, dtype, shape } = slot(name);
      const data = cpuData(current);
      const order = lowered.orders?.get(name);
      const plain = order && data instanceof Float32Array ? order.toRowMajor(data) : data.slice();
      return { ...fromOrt(current, dtype), shape: [...shape], data: plain };
    },
    dispose: async () => slots.clear(),
  };
}

function exchange(slot: Slot): void {
  if (slot.spare) [slot.current, slot.spare] = [slot.spare, slot.current];
}
