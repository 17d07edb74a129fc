import { readdirSync, readFileSync } from 'node:fs';

const pageBytes = 4096;
const sampleMilliseconds = 100;

/** Watches the memory of a process with all that it starts (Linux): `stop` gives the highest sum of their RSS, in bytes. */
export function watchTreeMemory(pid: number): { readonly stop: () => number } {
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, treeBytes(pid))), sampleMilliseconds);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}

/** The memory of a process with all that it has started, in bytes (Linux). */
export function treeBytes(pid: number): number {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => processOf(Number(name)));
  const tree = new Set([pid]);
  for (let before = 0; before < tree.size;) {
    before = tree.size;
    for (const each of processes) if (tree.has(each.parent)) tree.add(each.pid);
  }
  return processes.filter((each) => tree.has(each.pid)).reduce((sum, each) => sum + each.bytes, 0);
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly bytes: number;
}

/** Empty for one that has just ended. */
function processOf(pid: number): readonly Process[] {
  try {
    // The name, which may hold anything, is in parentheses: what follows is counted from behind it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return [{ pid, parent: Number(fields[1]), bytes: Number(fields[21]) * pageBytes }];
  } catch {
    return [];
  }
}
