import { readFileSync, writeFileSync } from 'node:fs';

/** The most memory (RSS) that a process has had since it started, or since `forgetPeak`, in MB (Linux). */
export function peakMegabytes(pid: number | 'self'): number {
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round((Number(found?.[1]) * 1024) / 1e6);
}

/** Lets the peak of this process start again from what it has now (Linux). */
export function forgetPeak(): void {
  writeFileSync('/proc/self/clear_refs', '5');
}
