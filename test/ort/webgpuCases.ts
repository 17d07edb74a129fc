import { opCases } from './opCases.ts';
import type { OpCase } from './opCase.ts';

interface TitledCase {
  readonly title: string;
  readonly row: OpCase;
}

/** The cases that WebGPU runs: those that can share one graph, and those with named dimensions. */
export function runnableCases(): { joined: readonly TitledCase[]; alone: readonly TitledCase[] } {
  const cases = Object.entries(opCases)
    .flatMap(([op, rows]) => rows.map((row) => ({ title: `${op} ${row.name}`.trim(), row })))
    .filter(({ row }) => row.cpuOnly === undefined);
  return {
    joined: cases.filter(({ row }) => !row.declared),
    alone: cases.filter(({ row }) => row.declared),
  };
}
