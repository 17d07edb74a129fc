/**
 * The 3×3 matrices of colour operations on (red, green, blue), written in row-major order into `into` from `at` on,
 * followed by the weight k of the view's mean grey: ten numbers, one step of `jitterColors`.
 */
export type ColorOperation = (into: Float32Array, at: number, strength: number) => void;

/** Red, green and blue in a grey value, as torchvision's `rgb_to_grayscale`. */
export const greyWeights = [0.2989, 0.587, 0.114] as const;

/** The axes of YIQ (NTSC, 1953): luma and the two chrominances, in (red, green, blue). */
const luma = [0.299, 0.587, 0.114] as const;
const inPhase = [0.5959, -0.2746, -0.3213] as const;
const quadrature = [0.2115, -0.5227, 0.3112] as const;

/** What a quarter of a turn in the plane (I, Q) adds to (red, green, blue), row-major. */
const quarterTurn = chrominanceQuarterTurn();

/** x stays. */
export const setIdentity: (into: Float32Array, at: number) => void = (into, at) => {
  setScaled(into, at, 1);
};

/** b·x. */
export const setBrightness: ColorOperation = setScaled;

/** c·x + (1 − c)·mean grey of the view. */
export const setContrast: ColorOperation = (into, at, c) => {
  setScaled(into, at, c);
  into[at + 9] = 1 - c;
};

/** s·x + (1 − s)·grey. */
export const setSaturation: ColorOperation = (into, at, s) => {
  setScaled(into, at, s);
  for (let i = 0; i < 9; i++) into[at + i] += (1 - s) * greyWeights[i % 3];
};

/**
 * The chrominances of YIQ turned by `turns` full turns, red → yellow → green for positive ones. Luma stays, and with it
 * every grey. torchvision turns the hue of HSV instead, which keeps the largest and the smallest channel and changes
 * the luma. On CIFAR-10 photographs, values in 0 … 1, at ±0.1 turns the two are 0.031 apart on average (95 % of values
 * within 0.11), at ±0.2 turns 0.034 (0.12), where HSV itself changes values by 0.026 and 0.053; measured by
 * `test/oracle/views/makeFixtures.py --photos`.
 */
export const setHue: ColorOperation = (into, at, turns) => {
  // From red to yellow the angle in (I, Q) falls.
  const angle = -2 * Math.PI * turns;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let i = 0; i < 9; i++) {
    into[at + i] = (1 - cos) * luma[i % 3] + sin * quarterTurn[i] + (i % 4 === 0 ? cos : 0);
  }
  into[at + 9] = 0;
};

function setScaled(into: Float32Array, at: number, scale: number): void {
  into.fill(0, at, at + 10);
  into[at] = scale;
  into[at + 4] = scale;
  into[at + 8] = scale;
}

/** T⁻¹ · [[0, 0, 0], [0, 0, −1], [0, 1, 0]] · T, where T's rows are luma, I and Q. */
function chrominanceQuarterTurn(): readonly number[] {
  const determinant = dot(luma, cross(inPhase, quadrature));
  const toI = cross(quadrature, luma).map((value) => value / determinant);
  const toQ = cross(luma, inPhase).map((value) => value / determinant);
  return toI.flatMap((fromI, row) => inPhase.map((i, column) => toQ[row] * i - fromI * quadrature[column]));
}

type Vector = readonly [number, number, number];

function cross(a: Vector, b: Vector): [number, number, number] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
