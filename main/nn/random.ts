/**
 * Random numbers without a generator's state to save: a stream is named by its keys (seed, purpose, step,
 * sample …), and the same keys give the same numbers on every machine, in whatever order streams are opened.
 */
export interface Random {
  /** Uniform in [low, high), 53 random bits. */
  uniform(low?: number, high?: number): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform in 0 … count − 1. */
  integer(count: number): number;
  /** 0 … count − 1 in random order (Fisher & Yates). */
  permutation(count: number): Int32Array;
}

/** Opens the stream named by `keys`. Numbers are told apart from strings: `1` and `'1'` are different keys. */
export function randomStream(...keys: readonly (number | string)[]): Random {
  const key = Uint32Array.of(0, 0);
  for (const part of keys) absorb(key, part);
  return createRandom(key);
}

function createRandom(key: Uint32Array): Random {
  const block = Uint32Array.of(0, 0);
  let low = 0;
  let high = 0;
  const next = (): Uint32Array => {
    block[0] = low;
    block[1] = high;
    threefry2x32(key, block);
    low = (low + 1) >>> 0;
    if (low === 0) high++;
    return block;
  };
  const uniform = (): number => {
    next();
    return (block[0] * 2 ** 21 + (block[1] >>> 11)) * 2 ** -53;
  };
  const integer = (count: number): number => Math.floor(uniform() * count);
  return {
    uniform: (from = 0, to = 1) => from + (to - from) * uniform(),
    normal: () => leva(next),
    integer,
    permutation: (count) => shuffled(count, integer),
  };
}

function shuffled(count: number, integer: (count: number) => number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let last = count - 1; last > 0; last--) {
    const other = integer(last + 1);
    const value = order[other];
    order[other] = order[last];
    order[last] = value;
  }
  return order;
}

/**
 * A standard normal value by Leva's ratio of uniforms ("A fast normal random number generator", 1992). Its
 * value is one division, so unlike Box and Muller's it does not hang on a machine's logarithm and cosine.
 */
function leva(next: () => Uint32Array): number {
  for (;;) {
    const block = next();
    const u = (block[0] + 1) * 2 ** -32;
    const v = 1.7156 * ((block[1] + 0.5) * 2 ** -32 - 0.5);
    const x = u - 0.449871;
    const y = Math.abs(v) + 0.386595;
    const q = x * x + y * (0.196 * y - 0.25472 * x);
    if (q < 0.27597 || (q <= 0.27846 && v * v <= -4 * Math.log(u) * u * u)) return v / u;
  }
}

/** The bytes of one number, and one block: shared, since streams are opened by the hundred in every step. */
const numberBytes = new DataView(new ArrayBuffer(8));
const mixed = new Uint32Array(2);

/** Mixes one part of a stream's name into its key; what kind of part it is, and where it ends, counts. */
function absorb(key: Uint32Array, part: number | string): void {
  if (typeof part === 'number') {
    // Adding 0 turns −0 into 0.
    numberBytes.setFloat64(0, part + 0);
    mix(key, 1, 0);
    mix(key, numberBytes.getUint32(0), numberBytes.getUint32(4));
    return;
  }
  mix(key, 2, part.length);
  for (let i = 0; i < part.length; i += 2) {
    mix(key, part.charCodeAt(i), i + 1 < part.length ? part.charCodeAt(i + 1) : 0);
  }
}

function mix(key: Uint32Array, first: number, second: number): void {
  mixed[0] = first;
  mixed[1] = second;
  threefry2x32(key, mixed);
  key[0] = mixed[0];
  key[1] = mixed[1];
}

/**
 * Threefry-2x32 with 20 rounds: a block of 64 bits, replaced in place by its image under the key (Salmon et al.
 * 2011, "Parallel random numbers: as easy as 1, 2, 3"). Millions of weights are drawn with it, so its rounds are
 * written out by fours and allocate nothing.
 */
export function threefry2x32(key: Uint32Array, block: Uint32Array): void {
  let k0 = key[0] | 0;
  let k1 = key[1] | 0;
  let k2 = k0 ^ k1 ^ 0x1bd11bda;
  let a = (block[0] + k0) | 0;
  let b = (block[1] + k1) | 0;
  for (let injection = 1; injection <= 5; injection++) {
    const odd = (injection & 1) === 1;
    a = (a + b) | 0;
    b = rotate(b, odd ? 13 : 17) ^ a;
    a = (a + b) | 0;
    b = rotate(b, odd ? 15 : 29) ^ a;
    a = (a + b) | 0;
    b = rotate(b, odd ? 26 : 16) ^ a;
    a = (a + b) | 0;
    b = rotate(b, odd ? 6 : 24) ^ a;
    const first = k0;
    k0 = k1;
    k1 = k2;
    k2 = first;
    a = (a + k0) | 0;
    b = (b + k1 + injection) | 0;
  }
  block[0] = a;
  block[1] = b;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
