import { ortExecutor } from '../engine/execute/ort/ortExecutor.ts';
import { chooseDevice } from './chooseDevice.ts';
import type { Executor } from '../engine/execute/executor.ts';
import type { DeviceChoice } from '../../shared/devices.ts';

/** The executor of a device, whose name is the device's. @throws device-unavailable */
export async function executorFor(choice: DeviceChoice): Promise<Executor> {
  return ortExecutor({ device: await chooseDevice(choice) });
}
