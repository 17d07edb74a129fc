/** max |a − b| / max |b|, over all elements; Infinity where a value is missing or not a number. */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let difference = 0;
  let size = 0;
  for (let i = 0; i < expected.length; i++) {
    if (Number.isNaN(actual[i])) return Infinity;
    difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    size = Math.max(size, Math.abs(expected[i]));
  }
  return size === 0 ? difference : difference / size;
}

/** The Euclidean norm and the first three elements: what the fixtures hold of large tensors. */
export function sketch(data: ArrayLike<number>): number[] {
  const values = Array.from(data);
  return [Math.hypot(...values), ...values.slice(0, 3)];
}
