import { probeDevices } from '../engine/execute/ort/devices.ts';
import type { FoundDevice } from '../../shared/pretraining.ts';

/** Somebody is waiting for the list. */
const timeLimit = 15_000;

/** Tries each device with a tiny graph. */
export function runFindDevices(): Promise<readonly FoundDevice[]> {
  return probeDevices({ timeLimit });
}
