/**
 * Randomness as a pure function of a seed and keys (epoch, step, row, purpose): no shared generator, so that the number
 * of workers and the order of work change nothing (method.md, "The micro-batch is the unit of determinism").
 *
 *   const draw = random(seed, 'augment', epoch, row);
 *   draw.integer(32); draw.uniform(); draw.permutation(100)
 */

export type Key = string | number;

export interface Random {
  /** In [0, 1), 32 bits of it random. */
  uniform(): number;
  /** In [0, bound), unbiased to 2^-32. */
  integer(bound: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** One element. */
  pick<T>(items: readonly T[]): T;
  /** 0 .. length-1 in random order (Fisher-Yates). */
  permutation(length: number): Int32Array;
}

/** 64-bit hash of the keys as two uint32 (FNV-1a over their text, finished by two murmur3 mixers). */
export function hashKeys(seed: number, ...keys: Key[]): [number, number] {
  let a = 0x811c9dc5 ^ seed;
  let b = 0x9e3779b9 ^ Math.imul(seed, 0x85ebca6b);
  for (const char of [seed, ...keys].join('/')) {
    const code = char.codePointAt(0)!;
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995) ^ (b >>> 13);
  }
  return [mix(a), mix(b)];
}

function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** A generator (sfc32) whose whole sequence is a function of the seed and the keys. */
export function random(seed: number, ...keys: Key[]): Random {
  let [a, b] = hashKeys(seed, ...keys);
  let c = 0x243f6a88;
  let counter = 1;

  function next(): number {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result;
    return result >>> 0;
  }
  for (let warmUp = 0; warmUp < 12; warmUp++) next();

  const uniform = (): number => next() / 2 ** 32;
  const integer = (bound: number): number => Math.floor(uniform() * bound);
  return {
    uniform,
    integer,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    pick: (items) => items[integer(items.length)],
    permutation: (length) => shuffled(length, integer),
  };
}

function shuffled(length: number, integer: (bound: number) => number): Int32Array {
  const order = Int32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = integer(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
