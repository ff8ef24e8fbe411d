/** Properties of the clipped weights; their numbers are in the golden test. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { clipWeights } from '../../src/losses/clip-weights.js';
import { BACKENDS, relativeDifference, runOn, withGradients, type Host } from '../support/backends.js';
import { filled, isZero, padded, prefixMask, rows, uniform } from './samples.js';

const [N, L] = [5, 12];

const clipped = async (attention: Host, mask: Host, backend = BACKENDS[1]): Promise<Host> => {
  const fn = ({ a, m }: tf.NamedTensorMap): tf.NamedTensorMap => ({
    weights: clipWeights(a as tf.Tensor2D, m as tf.Tensor2D),
  });
  return (await runOn(backend, fn, { a: attention, m: mask }))['weights'];
};

describe('clipped weights', () => {
  it.each(BACKENDS)(
    'sum to 1 over what counts, a single entry included, and are 0 for an empty row, on %s',
    async (on) => {
      const mask = prefixMask([L, 7, 2, 1, 0], L);
      const weights = await clipped(uniform('a', N, L), mask, on);
      const sums = rows(weights).map((row) => row.reduce((a, b) => a + b, 0));
      sums.forEach((sum, row) => expect(sum).toBeCloseTo(row === 4 ? 0 : 1, 6));
      expect(Array.from(weights.data).every((weight, i) => weight === 0 || mask.data[i] === 1)).toBe(true);
    },
  );

  it('bound how much the strongest entry counts', async () => {
    const attention = filled([1, 21], (i) => (i === 3 ? 1000 : 1 + i));
    const [row] = rows(
      await clipped(
        attention,
        filled([1, 21], () => 1),
      ),
    );
    // Quantiles at places 2 and 18 of 0 to 20: the third smallest and the third largest entry.
    expect(Math.max(...row) / Math.min(...row)).toBeCloseTo(20 / 3, 4);
  });

  it('do not depend on how far rows are padded, nor on what the padding holds', async () => {
    const [attention, mask] = [uniform('a', N, L), prefixMask([L, 9, 7, 3, 1], L)];
    const plain = await clipped(attention, mask);
    const longer = await clipped(padded(attention, 4, 7), padded(mask, 4, 0));
    expect(relativeDifference(longer.data, padded(plain, 4, 0).data)).toBeLessThan(1e-6);
  });

  it('are zero where no attention is left, and keep a scattered mask', async () => {
    const mask = filled([1, L], (i) => i % 2);
    expect(
      isZero(
        await clipped(
          filled([1, L], () => 0),
          mask,
        ),
      ),
    ).toBe(true);
    const [row] = rows(await clipped(uniform('b', 1, L), mask));
    row.forEach((weight, i) => expect(weight > 0).toBe(i % 2 === 1));
  });

  it.each(BACKENDS)('have no gradient, on %s', async (on) => {
    const loss = ({ a, m }: tf.NamedTensorMap): tf.Scalar =>
      tf.sum(tf.square(clipWeights(a as tf.Tensor2D, m as tf.Tensor2D)));
    const inputs = { a: uniform('a', N, L), m: prefixMask([L, 7, 2, 1, 0], L) };
    const found = await runOn(on, withGradients(loss, ['a']), inputs);
    expect(found['value'].data[0]).toBeGreaterThan(0);
    expect(isZero(found['gradient/a'])).toBe(true);
  });
});
