/** Properties of hard negatives and of how they are drawn; the numbers of the weights are in the golden test. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { drawIndices, hardNegativeWeights } from '../../src/losses/hard-negatives.js';
import { BACKENDS, runOn, withGradients, type BackendName, type Host } from '../support/backends.js';
import { allFinite, filled, isZero, rows, uniform, unit } from './samples.js';

const [M, D] = [5, 6];

describe('hard negative weights', () => {
  it('sum to 1 and never fall on what is excluded or on the diagonal', async () => {
    const same = filled([M, M], (i) => Number(Math.abs(Math.floor(i / M) - (i % M)) === 2));
    for (const weights of Object.values(await weigh(same, 'executor'))) {
      rows(weights).forEach((row, i) => {
        expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
        row.forEach((weight, j) => expect(weight > 0).toBe(i !== j && Math.abs(i - j) !== 2));
      });
    }
  });

  it.each(BACKENDS)(
    'are uniform over the others where all are excluded, also at a tiny temperature, on %s',
    async (on) => {
      const same = filled([M, M], (i) => Number(i < M));
      for (const weights of Object.values(await weigh(same, on, 1e-4))) {
        expect(allFinite({ weights })).toBe(true);
        rows(weights)[0].forEach((weight, j) => expect(weight).toBeCloseTo(j === 0 ? 0 : 1 / (M - 1), 5));
        for (const row of rows(weights)) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      }
    },
  );

  it('are zero in a micro-batch of one, which has no negatives', async () => {
    const one = { v: unit('v', 1, D), t: unit('t', 1, D), same: filled([1, 1], () => 0) };
    const found = await runOn('executor', (x) => ({ ...weightsOf(x, 0.07) }), one);
    expect(Object.values(found).every(isZero)).toBe(true);
  });

  it.each(BACKENDS)('and draws have no gradient, on %s', async (on) => {
    const loss = (x: tf.NamedTensorMap): tf.Scalar => {
      const { imageToText, textToImage } = weightsOf(x, 0.07);
      const drawn = drawIndices(textToImage, x['uniforms'] as tf.Tensor1D);
      return tf.add(tf.sum(tf.square(imageToText)), tf.sum(tf.mul(drawn, x['v0'])));
    };
    const inputs = { ...embeddings, same: filled([M, M], () => 0), uniforms: uniform('u', M), v0: unit('x', M, M) };
    const found = await runOn(on, withGradients(loss, ['v', 't']), inputs);
    expect(isZero(found['gradient/v']) && isZero(found['gradient/t'])).toBe(true);
  });
});

describe('drawing', () => {
  it.each(BACKENDS)('takes the first column whose cumulative weight exceeds u, on %s', async (on) => {
    const weights = filled([M, M], (i) => [0, 1, 2, 0, 1][i % M]);
    const drawn = await draw(weights, { shape: [M], data: [0, 0.24, 0.25, 0.74, 0.75] }, on);
    expect(rows(drawn).map((row) => row.indexOf(1))).toEqual([1, 1, 2, 2, 4]);
    for (const row of rows(drawn)) expect(row.reduce((a, b) => a + b)).toBe(1);
  });

  it('follows the weights', async () => {
    const size = 400;
    const shares = [0.5, 0.3, 0, 0.15, 0.05];
    const weights = filled([size, size], (i) => shares[i % size] ?? 0);
    const drawn = rows(await draw(weights, uniform('many', size), 'executor'));
    const counts = shares.map((_, column) => drawn.reduce((sum, row) => sum + row[column], 0));
    expect(counts.reduce((a, b) => a + b)).toBe(size);
    expect(counts[2]).toBe(0);
    const squares = shares.map((share, i) => (share === 0 ? 0 : (counts[i] - size * share) ** 2 / (size * share)));
    // The 99.9 % quantile of chi-square with 3 degrees of freedom.
    expect(squares.reduce((a, b) => a + b)).toBeLessThan(16.27);
  });

  it.each(BACKENDS)('takes the last column with weight for u at or next to 1, on %s', async (on) => {
    const weights = filled([M, M], (i) => [0.1, 0, 0.7, 0.2 / 3, 0][i % M]);
    const nearOne = [1 - 2 ** -24, 1 - 2 ** -25, 1, 1 - 2 ** -23, 1 + 1e-6];
    const drawn = rows(await draw(weights, { shape: [M], data: nearOne }, on));
    expect(drawn.map((row) => row.indexOf(1))).toEqual([3, 3, 3, 3, 3]);
  });

  it('never takes a column without weight, over many rows and the smallest u', async () => {
    const size = 200;
    const sparse = uniform('sparse', size, size);
    const weights = filled([size, size], (i) =>
      sparse.data[i] < 0.9 || i % (size + 1) === 0 ? 0 : sparse.data[i] * 10 ** -(i % 7),
    );
    for (const u of [uniform('u', size), filled([size], () => 0), filled([size], () => 1)]) {
      const drawn = await draw(weights, u, 'xla');
      expect(rows(drawn).every((row) => row.reduce((a, b) => a + b) === 1)).toBe(true);
      expect(Array.from(drawn.data).every((one, i) => one === 0 || weights.data[i] > 0)).toBe(true);
    }
  });

  it('draws nothing for a row without weight', async () => {
    expect(
      isZero(
        await draw(
          filled([M, M], () => 0),
          uniform('u', M),
          'executor',
        ),
      ),
    ).toBe(true);
  });
});

const embeddings = { v: unit('v', M, D), t: unit('t', M, D) };

const weightsOf = ({ v, t, same }: tf.NamedTensorMap, temperature: number): ReturnType<typeof hardNegativeWeights> =>
  hardNegativeWeights(v as tf.Tensor2D, t as tf.Tensor2D, same as tf.Tensor2D, temperature);

function weigh(same: Host, backend: BackendName, temperature = 0.07): ReturnType<typeof runOn> {
  return runOn(backend, (x) => ({ ...weightsOf(x, temperature) }), { ...embeddings, same });
}

async function draw(weights: Host, uniforms: Host, backend: BackendName): Promise<Host> {
  const fn = (x: tf.NamedTensorMap): tf.NamedTensorMap => ({
    drawn: drawIndices(x['weights'] as tf.Tensor2D, x['uniforms'] as tf.Tensor1D),
  });
  return (await runOn(backend, fn, { weights, uniforms }))['drawn'];
}
