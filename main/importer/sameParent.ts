import { systemCode } from '../../shared/systemCode.ts';

/**
 * Whether the process that started this one is still there, asked without a turn of the event loop, which hears of it
 * too (`parentLink.ts`) but not in the midst of writing. A process whose parent has ended is given another one; on
 * Windows it keeps the number of the one that is gone.
 */
export function sameParent(): () => boolean {
  const parent = process.ppid;
  return () => process.ppid === parent && isRunning(parent);
}

/** Whether there is a process of this number. */
export function isRunning(pid: number): boolean {
  try {
    // Signal 0 is never sent, only asked about.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // One that must not be told anything is there all the same.
    return systemCode(error) === 'EPERM';
  }
}
