import { describe, expect, it } from 'vitest';
import { opCases } from '../ort/opCases.ts';
import { caseErrors } from '../ort/runCases.ts';
import { plainTensorFlow } from './plainTensorFlow.ts';

describe.each(Object.entries(opCases).filter(([op]) => op !== 'state'))('%s on TensorFlow.js', (_, cases) => {
  it.each(cases.map((row) => [row.name, row] as const))('%s equals the reference', async (_name, row) => {
    const [error] = await caseErrors(plainTensorFlow, [row]);
    expect(error).toBeLessThan(1e-5);
  });
});
