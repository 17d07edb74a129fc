import type { Proportion } from './evaluation.ts';

/** The 97.5th percentile of the standard normal. */
const z = 1.959963984540054;

/**
 * A share with its 95 % interval (Wilson 1927), which unlike the textbook one is sound near 0 and 1 and for small n.
 * Errors: n < 1, or successes outside 0 … n.
 */
export function wilsonProportion(successes: number, n: number): Proportion {
  if (!(n >= 1 && successes >= 0 && successes <= n)) throw new RangeError(`${successes} of ${n} is no share`);
  const value = successes / n;
  const center = (value + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const spread = (z / (1 + (z * z) / n)) * Math.sqrt((value * (1 - value)) / n + (z * z) / (4 * n * n));
  // At 0 and n the interval ends there exactly; rounding must not move it.
  const low = successes === 0 ? 0 : Math.max(0, center - spread);
  const high = successes === n ? 1 : Math.min(1, center + spread);
  return { value, low, high, n };
}
