/**
 * Numbers as whole multiples of a common unit, a power of two: their sums are exact, so that order and grouping change
 * nothing (Demmel and Nguyen, "Fast reproducible floating-point summation", 2013). A multiple of the unit is kept as the
 * double that it is; nothing has to be scaled.
 */

/** A sum of whole units is exact up to so many of them: 2 to the power of the bits of a double. */
const SIGNIFICANT_BITS = 53;
/** Leaves room for `ROUNDER + value`: the sum must stay within the powers of two around the rounder. */
const LEAST_BITS_FOR_TERMS = 2;

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

/** sum += value, in whole units. */
export function addRounded(sum: Float64Array, values: Float32Array, rounder: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] += values[i] + rounder - rounder;
}

/** sum = value, in whole units; never -0, as if there were zeros before. */
export function assignRounded(sum: Float64Array, values: Float32Array, rounder: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] = values[i] + rounder - rounder + 0;
}
