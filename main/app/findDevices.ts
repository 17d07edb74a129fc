import { runJob } from '../worker/host.ts';
import type { FoundDevice } from '../../shared/pretraining.ts';

let found: Promise<readonly FoundDevice[]> | null = null;

/** The devices of this machine, looked for once in the life of the application. @throws worker-crashed */
export function findDevices(): Promise<readonly FoundDevice[]> {
  found ??= runJob('findDevices', null, { onEvent: () => undefined }).catch((error: unknown) => {
    // So that asking again tries again.
    found = null;
    throw error;
  });
  return found;
}
