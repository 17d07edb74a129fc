import { ortExecutor } from '../engine/execute/ort/ortExecutor.ts';
import { loadTensorFlow } from '../engine/execute/tensorflow/loadTensorFlow.ts';
import { createTensorFlowExecutor } from '../engine/execute/tensorflow/tensorFlowExecutor.ts';
import { chooseDevice } from './chooseDevice.ts';
import type { Executor } from '../engine/execute/executor.ts';
import type { DeviceChoice } from '../../shared/devices.ts';

/**
 * The executor of a device, whose name is the device's.
 * @throws device-unavailable, tensorflow-missing, tensorflow-unusable
 */
export async function executorFor(choice: DeviceChoice): Promise<Executor> {
  if (choice === 'tensorflow') return createTensorFlowExecutor(loadTensorFlow());
  return ortExecutor({ device: await chooseDevice(choice) });
}
