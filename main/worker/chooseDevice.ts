import { genoiseError } from '../../shared/errors.ts';
import { probeDevices, type DeviceProbe } from '../engine/execute/ort/devices.ts';
import type { ProbedDevice } from '../../shared/devices.ts';

/** A device that is slow to answer is no gain; nobody who did not ask for it should wait longer. */
const autoTimeLimit = 10_000;

/**
 * Decides where ONNX Runtime does a job. The CPU is always there; other devices are tried first.
 * @throws device-unavailable
 */
export async function chooseDevice(choice: ProbedDevice | 'auto'): Promise<ProbedDevice> {
  if (choice === 'cpu') return 'cpu';
  return pickDevice(choice, await probeDevices(choice === 'auto' ? { timeLimit: autoTimeLimit } : {}));
}

/**
 * `auto` takes the fastest device that works: a GPU in software counts as slow as it is.
 * @throws device-unavailable, with the devices that were found
 */
export function pickDevice(choice: ProbedDevice | 'auto', probes: readonly DeviceProbe[]): ProbedDevice {
  const available = probes.filter((probe) => probe.available);
  if (choice === 'auto') {
    const [fastest] = available.toSorted((a, b) => (b.gigaflops ?? 0) - (a.gigaflops ?? 0));
    return fastest?.device ?? 'cpu';
  }
  if (available.some((probe) => probe.device === choice)) return choice;
  const reason = probes.find((probe) => probe.device === choice)?.reason ?? 'it is not supported';
  const found = available.map((probe) => probe.device);
  throw genoiseError('device-unavailable', { device: choice, reason, found });
}
