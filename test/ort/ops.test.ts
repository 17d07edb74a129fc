import { describe, expect, it } from 'vitest';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { opCases } from './opCases.ts';
import { caseErrors } from './runCases.ts';

const executor = ortExecutor({ device: 'cpu', threads: 1, spinning: false });

describe.each(Object.entries(opCases).filter(([op]) => op !== 'state'))('%s on the CPU', (_, cases) => {
  it.each(cases.map((row) => [row.name, row] as const))('%s equals the reference', async (_name, row) => {
    const [error] = await caseErrors(executor, [row]);
    expect(error).toBeLessThan(1e-5);
  });
});
