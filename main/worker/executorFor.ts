import { ortExecutor } from '../engine/execute/ort/ortExecutor.ts';
import type { Executor } from '../engine/execute/executor.ts';
import type { DeviceChoice } from '../../shared/devices.ts';

/** The executor of a device. `auto` is the CPU until a trial decides. */
export async function executorFor(device: DeviceChoice): Promise<Executor> {
  return ortExecutor({ device: device === 'auto' ? 'cpu' : device });
}
