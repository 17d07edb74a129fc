/**
 * The eigenvalues of a symmetric matrix, greatest first: Householder's reduction to three diagonals, then bisection by
 * Sturm's count (Golub & Van Loan, Matrix Computations, sections 8.3.1 and 8.4.1).
 * @param matrix [n, n], row-major
 */
export function symmetricEigenvalues(matrix: ArrayLike<number>, n: number): Float64Array {
  const { diagonal, beside } = tridiagonalize(Float64Array.from(matrix), n);
  const radius = (i: number): number => Math.abs(beside[i] ?? 0) + Math.abs(beside[i - 1] ?? 0);
  // Gershgorin's circles hold all of them.
  const low = diagonal.reduce((least, value, i) => Math.min(least, value - radius(i)), Infinity);
  const high = diagonal.reduce((most, value, i) => Math.max(most, value + radius(i)), -Infinity);
  return Float64Array.from({ length: n }, (_, i) => bisect({ diagonal, beside }, [low, high], n - 1 - i));
}

interface Tridiagonal {
  /** [n]. */
  readonly diagonal: Float64Array;
  /** [n − 1]. */
  readonly beside: Float64Array;
}

/** Overwrites `a`. */
function tridiagonalize(a: Float64Array, n: number): Tridiagonal {
  const [diagonal, beside] = [new Float64Array(n), new Float64Array(Math.max(0, n - 1))];
  for (let k = 0; k < n; k++) {
    diagonal[k] = a[k * n + k];
    if (k === n - 1) break;
    const mirror = Float64Array.from({ length: n - k - 1 }, (_, i) => a[(k + 1 + i) * n + k]);
    const length = Math.hypot(...mirror);
    beside[k] = mirror[0] > 0 ? -length : length;
    mirror[0] -= beside[k];
    reflect(a, n, k + 1, mirror);
  }
  return { diagonal, beside };
}

/** A ← H·A·H of the part from `start` on, with H = I − 2vvᵀ/vᵀv. */
function reflect(a: Float64Array, n: number, start: number, v: Float64Array): void {
  const square = v.reduce((sum, value) => sum + value * value, 0);
  if (square === 0) return;
  const p = v.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < v.length; j++) sum += a[(start + i) * n + start + j] * v[j];
    return (2 * sum) / square;
  });
  const share = p.reduce((sum, value, i) => sum + value * v[i], 0) / square;
  const w = p.map((value, i) => value - share * v[i]);
  for (let i = 0; i < v.length; i++) {
    for (let j = 0; j < v.length; j++) a[(start + i) * n + start + j] -= v[i] * w[j] + w[i] * v[j];
  }
}

/** Halvings after which an interval is as narrow as float64 can tell. */
const halvings = 60;

/** Eigenvalue number `index`, the least being number 0. */
function bisect(matrix: Tridiagonal, [from, to]: readonly [number, number], index: number): number {
  let [low, high] = [from, to];
  for (let i = 0; i < halvings; i++) {
    const middle = (low + high) / 2;
    if (countBelow(matrix, middle) > index) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/** How many eigenvalues are below x: the negative terms of Sturm's sequence. */
function countBelow({ diagonal, beside }: Tridiagonal, x: number): number {
  let count = 0;
  let term = 1;
  for (let i = 0; i < diagonal.length; i++) {
    const link = i === 0 ? 0 : beside[i - 1] ** 2;
    term = diagonal[i] - x - link / (term === 0 ? Number.EPSILON : term);
    if (term < 0) count++;
  }
  return count;
}
