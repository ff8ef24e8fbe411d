import { expect, it } from 'vitest';
import { createAccumulator } from '../../src/collectives/accumulate.js';
import { SEGMENT_ELEMENTS } from '../../src/collectives/segments.js';
import { roughNumbers, sameBits } from './rings.js';

it('adds to the bit what a plain loop adds, at any length', () => {
  const accumulator = createAccumulator();
  for (const length of [0, 1, 3, 4, 5, 8191, 8192, 8193, SEGMENT_ELEMENTS - 1, SEGMENT_ELEMENTS]) {
    const target = roughNumbers(length, 1);
    const addend = roughNumbers(length, 2);
    const expected = target.map((value, i) => value + addend[i]);
    new Float32Array(accumulator.addend).set(addend);
    accumulator.addTo(target);
    expect(sameBits(target, expected)).toBe(true);
  }
});

it('touches nothing outside its target', () => {
  const accumulator = createAccumulator();
  new Float32Array(accumulator.addend).fill(1);
  const whole = new Float32Array(12);
  accumulator.addTo(whole.subarray(3, 8));
  expect([...whole]).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
});

it('lets infinities and NaN through, so that a broken gradient is seen', () => {
  const accumulator = createAccumulator();
  const target = Float32Array.of(Infinity, Infinity, 1, 3e38);
  new Float32Array(accumulator.addend).set([-Infinity, 1, NaN, 3e38]);
  accumulator.addTo(target);
  expect([...target]).toEqual([NaN, Infinity, NaN, Infinity]);
});

it('takes the larger of each pair, in either type; NaN is larger than all', () => {
  const accumulator = createAccumulator();
  for (const Type of [Float32Array, Float64Array]) {
    new Type(accumulator.addend).set([2, -3, NaN, 1, -Infinity, 1e-40]);
    const whole = Type.of(7, 1, -2, 5, NaN, Infinity, 0, 7);
    accumulator.maxTo(whole.subarray(1, 7));
    expect([...whole]).toEqual([7, 2, -2, NaN, NaN, Infinity, Type.of(1e-40)[0], 7]);
  }
});

it('adds doubles as a plain loop adds them', () => {
  const accumulator = createAccumulator();
  for (const length of [1, 2, 3, 4097, SEGMENT_ELEMENTS]) {
    const target = Float64Array.from(roughNumbers(length, 1), (value) => value / 3);
    const addend = Float64Array.from(roughNumbers(length, 2), (value) => value / 7);
    const expected = target.map((value, i) => value + addend[i]);
    new Float64Array(accumulator.addend).set(addend);
    accumulator.addTo(target);
    expect(target).toEqual(expected);
  }
});
