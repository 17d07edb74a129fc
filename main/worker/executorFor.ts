import { genoiseError } from '../../shared/errors.ts';
import { probeDevice } from '../engine/execute/ort/devices.ts';
import { ortExecutor } from '../engine/execute/ort/ortExecutor.ts';
import { loadTensorFlow } from '../engine/execute/tensorflow/loadTensorFlow.ts';
import { createTensorFlowExecutor } from '../engine/execute/tensorflow/tensorFlowExecutor.ts';
import { chooseDevice } from './chooseDevice.ts';
import type { Executor } from '../engine/execute/executor.ts';
import type { DeviceChoice } from '../../shared/devices.ts';
import type { FoundDevice } from '../../shared/pretraining.ts';

/**
 * The executor of a device, whose name is the device's.
 * @param onTrial told what the devices reached, where a trial chose among them
 * @throws device-unavailable, cuda-unusable, tensorflow-missing, tensorflow-unusable
 */
export async function executorFor(
  choice: DeviceChoice,
  onTrial?: (trial: readonly FoundDevice[]) => void,
): Promise<Executor> {
  if (choice === 'tensorflow') return createTensorFlowExecutor(loadTensorFlow());
  if (choice === 'cuda') return cudaExecutor();
  const { device, trial } = await chooseDevice(choice);
  if (trial) onTrial?.(trial);
  return ortExecutor({ device });
}

async function cudaExecutor(): Promise<Executor> {
  const { available, reason } = await probeDevice('cuda');
  if (available) return ortExecutor({ device: 'cuda' });
  throw genoiseError('cuda-unusable', { reason: reason ?? 'it gave no reason' });
}
