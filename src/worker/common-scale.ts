/**
 * Numbers as whole multiples of a common unit, a power of two: their sums are exact, so that order and grouping change
 * nothing (Demmel and Nguyen, "Fast reproducible floating-point summation", 2013). A multiple of the unit is kept as the
 * double that it is; nothing has to be scaled.
 */

/** A sum of whole units is exact up to so many of them: 2 to the power of the bits of a double. */
const SIGNIFICANT_BITS = 53;
/** Leaves room for `ROUNDER + value`: the sum must stay within the powers of two around the rounder. */
const LEAST_BITS_FOR_TERMS = 2;

/** Of a sum that is made at a time: 16 KiB, which stay in a core's cache. */
const BLOCK_ELEMENTS = 2048;
const ZEROS = new Float32Array(BLOCK_ELEMENTS);

const EXPONENT_OF_ALL_ONES = 0x7f800000;
const MAGNITUDE_BITS = 0x7fffffff;

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

/** The largest |value|, NaN where one is NaN. Without their signs, floats are in the order of their bits. */
export function magnitudeOf(values: Float32Array): number {
  const patterns = new Int32Array(values.buffer, values.byteOffset, values.length);
  let largest = 0;
  for (let i = 0; i < patterns.length; i++) {
    const pattern = patterns[i] & MAGNITUDE_BITS;
    if (pattern > largest) largest = pattern;
  }
  bits[0] = largest;
  return largest > EXPONENT_OF_ALL_ONES ? NaN : float[0];
}

/**
 * What `(value + rounder) - rounder` rounds a value with, to the nearest whole unit. The unit is the smallest of which
 * `terms` values up to `magnitude` give an exact sum: of the largest value, 53 bits less those for the number of terms
 * are kept. NaN where the magnitude is not finite: then so is every sum.
 */
export function rounderFor(magnitude: number, terms: number): number {
  if (magnitude === 0) return 0;
  if (!Number.isFinite(magnitude)) return NaN;
  const bitsForTerms = Math.max(LEAST_BITS_FOR_TERMS, Math.ceil(Math.log2(terms)));
  const unitExponent = exponentAbove(magnitude) + bitsForTerms - SIGNIFICANT_BITS;
  return 1.5 * 2 ** (unitExponent + SIGNIFICANT_BITS - 1);
}

/** The smallest e with `value` < 2^e, for a finite float above 0. */
function exponentAbove(value: number): number {
  const estimate = Math.floor(Math.log2(value));
  return value < 2 ** estimate ? estimate : value < 2 ** (estimate + 1) ? estimate + 1 : estimate + 2;
}

/** The sum of terms of its length, each rounded to whole units. */
export function sumRounded(sum: Float64Array, terms: readonly Float32Array[], rounder: number): void {
  for (let start = 0; start < sum.length; start += BLOCK_ELEMENTS) {
    const block = sum.subarray(start, start + BLOCK_ELEMENTS);
    block.fill(0);
    const parts = terms.map((term) => term.subarray(start, start + BLOCK_ELEMENTS));
    for (let first = 0; first < parts.length; first += 4) {
      const [a, b = ZEROS, c = ZEROS, d = ZEROS] = parts.slice(first, first + 4);
      addFour(block, a, b, c, d, rounder);
    }
  }
}

/** Four terms at a time take no longer than one. */
function addFour(
  sum: Float64Array,
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
  d: Float32Array,
  rounder: number,
): void {
  for (let i = 0; i < sum.length; i++) {
    sum[i] += a[i] + rounder - rounder + (b[i] + rounder - rounder);
    sum[i] += c[i] + rounder - rounder + (d[i] + rounder - rounder);
  }
}
