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

/** Mixes one part of a stream's name into its key; what kind of part it is, and where it ends, counts. */
function absorb(key: Uint32Array, part: number | string): void {
  if (typeof part === 'number') {
    const words = new Uint32Array(Float64Array.of(part + 0).buffer);
    mix(key, 1, 0);
    mix(key, words[0], words[1]);
    return;
  }
  mix(key, 2, part.length);
  for (let i = 0; i < part.length; i += 2) {
    mix(key, part.charCodeAt(i), i + 1 < part.length ? part.charCodeAt(i + 1) : 0);
  }
}

function mix(key: Uint32Array, first: number, second: number): void {
  const block = Uint32Array.of(first, second);
  threefry2x32(key, block);
  key.set(block);
}

const rotations = [13, 15, 26, 6, 17, 29, 16, 24];

/**
 * Threefry-2x32 with 20 rounds: a block of 64 bits, replaced in place by its image under the key (Salmon et al.
 * 2011, "Parallel random numbers: as easy as 1, 2, 3").
 */
export function threefry2x32(key: Uint32Array, block: Uint32Array): void {
  const keys = [key[0], key[1], key[0] ^ key[1] ^ 0x1bd11bda];
  let a = (block[0] + keys[0]) | 0;
  let b = (block[1] + keys[1]) | 0;
  for (let round = 0; round < 20; round++) {
    const rotation = rotations[round & 7];
    a = (a + b) | 0;
    b = ((b << rotation) | (b >>> (32 - rotation))) ^ a;
    if ((round & 3) === 3) {
      const injection = (round >> 2) + 1;
      a = (a + keys[injection % 3]) | 0;
      b = (b + keys[(injection + 1) % 3] + injection) | 0;
    }
  }
  block[0] = a;
  block[1] = b;
}
