import { readFileSync } from 'node:fs';

/** The most memory (RSS) that a process has had since it started, in MB (Linux). */
export function peakMegabytes(pid: number): number {
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Math.round((Number(found?.[1]) * 1024) / 1e6);
}
