/** The layers' numerics against formulas in double precision, on every backend. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import { gelu, linear, scoped, standardize } from '../../src/encoders/layers.js';
import { stopGradient } from '../../src/engine/gradient.js';
import { normalizeRows } from '../../src/engine/normalize.js';
import { BACKENDS, relativeDifference, runOn, withGradients, type Host } from '../support/backends.js';

const [N, W] = [5, 7];
const draw = random(1, 'layers');
const x: Host = { shape: [N, W], data: Float32Array.from({ length: N * W }, () => 3 + 2 * draw.normal()) };
const weights: Host = { shape: [N, W], data: Float32Array.from({ length: N * W }, () => draw.normal()) };

/** sum(weights * fn(x)): a scalar whose gradient tests every element of fn's Jacobian. */
const weighted = (fn: (x: tf.Tensor) => tf.Tensor) =>
  withGradients((inputs) => tf.sum(tf.mul(fn(inputs['x']), inputs['weights'])), ['x']);

describe.each(BACKENDS)('on %s', (backend) => {
  it('GELU is the exact one over the whole range, with its gradient', async () => {
    const values = Float32Array.from({ length: 241 }, (_, i) => (i - 120) / 10);
    const inputs = { x: { shape: [241, 1], data: values } };
    const { value } = await runOn(backend, (i) => ({ value: gelu(i['x']) }), inputs);
    // Far out on the left 1 + erf cancels, which float32 shows at |x| 2^-24.
    expect(largestError(value.data, Array.from(values, exactGelu))).toBeLessThan(2e-6);
    const fn = withGradients((i) => tf.sum(gelu(i['x'])), ['x']);
    const found = await runOn(backend, fn, inputs);
    expect(largestError(found['gradient/x'].data, Array.from(values, slope(exactGelu)))).toBeLessThan(2e-6);
  });

  it.each([0, 1] as const)('standardising along axis %i has the gradient of the formula', async (axis) => {
    const formula = (values: number[]): number => {
      const along = (i: number): number => (axis === 0 ? i % W : Math.floor(i / W));
      return values.reduce((sum, value, i) => {
        const group = values.filter((_, j) => along(j) === along(i));
        const mean = group.reduce((a, b) => a + b, 0) / group.length;
        const variance = group.reduce((a, b) => a + (b - mean) ** 2, 0) / group.length;
        return sum + (weights.data[i] * (value - mean)) / Math.sqrt(variance + 1e-5);
      }, 0);
    };
    const found = await runOn(
      backend,
      weighted((input) => standardize(input, axis, 1e-5)),
      { x, weights },
    );
    expect(relativeDifference(found['value'].data, [formula(Array.from(x.data))])).toBeLessThan(1e-5);
    expect(relativeDifference(found['gradient/x'].data, gradientOf(formula, x.data))).toBeLessThan(1e-5);
  });

  it('standardising rows of equal values gives zeros, not infinities', async () => {
    const flat = { shape: [2, 3], data: [4, 4, 4, -1, -1, -1] };
    const found = await runOn(backend, (i) => ({ y: standardize(i['x'], 1, 1e-12) }), { x: flat });
    expect(Array.from(found['y'].data).every((value) => value === 0)).toBe(true);
  });

  it('rows are normalised to length 1, a row of zeros stays, with a finite gradient', async () => {
    const rows = { shape: [2, 2], data: [3, 4, 0, 0] };
    const fn = withGradients((i) => tf.sum(tf.mul(normalizeRows(i['x']), i['weights'])), ['x']);
    const found = await runOn(backend, fn, { x: rows, weights: { shape: [2, 2], data: [1, 0, 1, 0] } });
    expect(found['value'].data[0]).toBeCloseTo(0.6, 6);
    expect(relativeDifference(Array.from(found['gradient/x'].data).slice(0, 2), [0.128, -0.096])).toBeLessThan(1e-5);
    expect(Array.from(found['gradient/x'].data).every(Number.isFinite)).toBe(true);
  });

  it('a stopped gradient is zero and leaves the value', async () => {
    const fn = weighted((input) => tf.add(tf.mul(input, 2), stopGradient(tf.mul(input, 5))));
    const found = await runOn(backend, fn, { x, weights });
    const expected = Array.from(weights.data, (weight) => 2 * weight);
    expect(relativeDifference(found['gradient/x'].data, expected)).toBeLessThan(1e-6);
    const value = Array.from(x.data).reduce((sum, element, i) => sum + 7 * element * weights.data[i], 0);
    expect(relativeDifference(found['value'].data, [value])).toBeLessThan(1e-5);
  });

  it('a linear layer takes weights as PyTorch keeps them, [out, in]', async () => {
    const inputs = { x: { shape: [1, 2], data: [1, 10] }, w: { shape: [3, 2], data: [1, 0, 0, 1, 1, 1] } };
    const withBias = { ...inputs, b: { shape: [3], data: [0, 0, 100] } };
    const found = await runOn(backend, (i) => ({ y: linear(i['x'], i['w'], i['b']) }), withBias);
    expect(Array.from(found['y'].data)).toEqual([1, 10, 111]);
  });
});

describe('parameters by name', () => {
  it('name the one that is missing', () => {
    expect(() => scoped({}, 'vision.')('cls_token')).toThrow('there is no parameter vision.cls_token');
  });
});

function exactGelu(value: number): number {
  return (value * erfc(-value / Math.SQRT2)) / 2;
}

/** Complementary error function by its power series or, far out, by its continued fraction; double precision. */
function erfc(z: number): number {
  if (Math.abs(z) > 3) {
    let fraction = 0;
    for (let k = 60; k >= 1; k--) fraction = k / 2 / (Math.abs(z) + fraction);
    const tail = Math.exp(-z * z) / Math.sqrt(Math.PI) / (Math.abs(z) + fraction);
    return z > 0 ? tail : 2 - tail;
  }
  let [term, sum] = [z, z];
  for (let k = 1; k < 80; k++) {
    term *= (-z * z) / k;
    sum += term / (2 * k + 1);
  }
  return 1 - (2 / Math.sqrt(Math.PI)) * sum;
}

const slope = (fn: (value: number) => number) => (value: number) => (fn(value + 1e-5) - fn(value - 1e-5)) / 2e-5;

function gradientOf(fn: (values: number[]) => number, at: ArrayLike<number>): number[] {
  const values = Array.from(at);
  return values.map((value, i) => slope((changed) => fn(values.with(i, changed)))(value));
}

/** Largest |a - b| / (1 + |b|). */
function largestError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce(
    (largest, value, i) => Math.max(largest, Math.abs(value - b[i]) / (1 + Math.abs(b[i]))),
    0,
  );
}
