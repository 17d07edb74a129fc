import { describe, expect, it } from 'vitest';
import { minimize, type Objective } from '../../../main/classify/minimize.ts';

/** ½ xᵀAx − bᵀx with a badly conditioned A. */
const diagonal = [1, 10, 100, 1000, 0.1];
const target = [3, -2, 1, 0.5, 7];
const quadratic: Objective = async (x) => ({
  value: x.reduce((sum, value, i) => sum + 0.5 * diagonal[i] * (value - target[i]) ** 2, 0),
  gradient: x.map((value, i) => diagonal[i] * (value - target[i])),
});

describe('minimize', () => {
  it('finds the minimum of a badly conditioned quadratic', async () => {
    const options = { tolerance: 1e-9, maxIterations: 200 };
    const { x, gradientSize, iterations } = await minimize(quadratic, new Float64Array(5), options);
    x.forEach((value, i) => expect(value).toBeCloseTo(target[i], 6));
    expect(gradientSize).toBeLessThan(1e-9);
    expect(iterations).toBeLessThan(80);
  });

  it('stops between iterations when aborted', async () => {
    const signal = AbortSignal.abort(new Error('stop'));
    const running = minimize(quadratic, new Float64Array(5), { tolerance: 0, maxIterations: 9, signal });
    await expect(running).rejects.toThrow('stop');
  });
});
