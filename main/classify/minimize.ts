/** A smooth function of a vector, with its gradient. */
export type Objective = (
  x: Float64Array,
) => Promise<{ readonly value: number; readonly gradient: Float64Array }>;

export interface MinimizeOptions {
  /** Ends when no component of the gradient is larger. */
  readonly tolerance: number;
  readonly maxIterations: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  /** The largest component of the gradient at `x`, in absolute value. */
  readonly gradientSize: number;
  readonly iterations: number;
}

/** Pairs of differences that stand for the curvature. */
const memory = 10;
/** The sufficient decrease of Armijo's rule. */
const decrease = 1e-4;
/** Of the value: rounding of an objective in float32 is no ascent. */
const rounding = 1e-6;
const maxHalvings = 25;

interface Point {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  /** 1 / s·y. */
  readonly rho: number;
}

/**
 * L-BFGS (Nocedal & Wright 2006, algorithms 7.4 and 7.5) with backtracking, for convex objectives: pairs without
 * positive curvature are left out. Deterministic.
 */
export async function minimize(
  objective: Objective,
  start: Float64Array,
  { tolerance, maxIterations, signal }: MinimizeOptions,
): Promise<Minimum> {
  let point: Point = { x: start, ...(await objective(start)) };
  const pairs: Pair[] = [];
  let iterations = 0;
  while (iterations < maxIterations && largest(point.gradient) > tolerance) {
    signal?.throwIfAborted();
    const next = await lineSearch(objective, point, descentDirection(point.gradient, pairs));
    if (!next) break;
    remember(pairs, point, next);
    point = next;
    iterations++;
  }
  return { x: point.x, value: point.value, gradientSize: largest(point.gradient), iterations };
}

/** −H·gradient, H from the remembered pairs (the two-loop recursion). */
function descentDirection(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const weights = new Float64Array(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    weights[i] = pairs[i].rho * dot(pairs[i].s, direction);
    addScaled(direction, pairs[i].y, -weights[i]);
  }
  const newest = pairs.at(-1);
  const scale = newest ? 1 / (newest.rho * dot(newest.y, newest.y)) : 1 / Math.max(1, norm(gradient));
  for (let j = 0; j < direction.length; j++) direction[j] *= scale;
  pairs.forEach(({ s, y, rho }, i) => addScaled(direction, s, weights[i] - rho * dot(y, direction)));
  return direction;
}

/** Null where no step along the direction lowers the value: it is as low as rounding lets it be. */
async function lineSearch(
  objective: Objective,
  { x, value, gradient }: Point,
  direction: Float64Array,
): Promise<Point | null> {
  const slope = dot(gradient, direction);
  let length = 1;
  for (let halving = 0; halving < maxHalvings; halving++, length /= 2) {
    const candidate = x.slice();
    addScaled(candidate, direction, length);
    const found = await objective(candidate);
    const bound = value + decrease * length * slope + rounding * Math.abs(value);
    if (found.value <= bound) return { x: candidate, ...found };
  }
  return null;
}

function remember(pairs: Pair[], before: Point, after: Point): void {
  const s = after.x.map((value, i) => value - before.x[i]);
  const y = after.gradient.map((value, i) => value - before.gradient[i]);
  const curvature = dot(s, y);
  if (curvature <= 1e-10 * dot(y, y)) return;
  pairs.push({ s, y, rho: 1 / curvature });
  if (pairs.length > memory) pairs.shift();
}

function addScaled(into: Float64Array, from: Float64Array, factor: number): void {
  for (let i = 0; i < into.length; i++) into[i] += factor * from[i];
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

function largest(a: Float64Array): number {
  return a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
