import { probedDevices } from '../../shared/devices.ts';
import { probeDevice } from '../engine/execute/ort/devices.ts';
import type { FoundDevice } from '../../shared/pretraining.ts';

/** Somebody is waiting for the list. */
const timeLimit = 15_000;

/** Tries each device for about a second, one after the other: at once they would slow each other down. */
export async function runFindDevices(): Promise<readonly FoundDevice[]> {
  const found: FoundDevice[] = [];
  for (const device of probedDevices) found.push(await probeDevice(device, { timeLimit }));
  return found;
}
