import type { Tensor as OrtTensor } from 'onnxruntime-node';
import type { LoweredModel } from '../../lower/lowering.ts';
import { allocate, cpuData, fromOrt } from './ortTensor.ts';
import type { StateStore } from './stateStore.ts';
import type { StateType } from './stateTypes.ts';

/**
 * A step reads `current` and writes `next`, then they change places: two buffers, or one where the new value may be
 * written over the old one, or is never written.
 */
interface Slot extends StateType {
  current: OrtTensor;
  next: OrtTensor;
}

/** State in memory; nothing is allocated between steps. States start as zeros. */
export function createCpuState(lowered: LoweredModel, types: ReadonlyMap<string, StateType>): StateStore {
  const slots = new Map<string, Slot>();
  for (const [name, { dtype, shape }] of types) {
    const isUpdated = lowered.updates.has(name);
    const current = allocate(dtype, shape);
    const next = isUpdated && !lowered.inPlace.has(name) ? allocate(dtype, shape) : current;
    slots.set(name, { dtype, shape, current, next });
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
      Object.fromEntries([...lowered.updates].map(([name, port]) => [port.name, slot(name).next])),
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
  [slot.current, slot.next] = [slot.next, slot.current];
}
