/** Properties of matching and swapping; their numbers are in the golden test. */
import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { matchingLoss } from '../../src/losses/matching.js';
import { swappingLoss } from '../../src/losses/swapping.js';
import { BACKENDS, relativeDifference, runOn, withGradients, type Host } from '../support/backends.js';
import { allFinite, concatenated, filled, normal, rowsOf } from './samples.js';

const [M, BATCH] = [4, 10];

const matching = ({ logits }: tf.NamedTensorMap): tf.Scalar => matchingLoss(logits as tf.Tensor2D, BATCH);
const swapping = ({ logits, swapped }: tf.NamedTensorMap): tf.Scalar =>
  swappingLoss(logits as tf.Tensor1D, swapped as tf.Tensor1D, BATCH);
const matched = (logits: Host, on = BACKENDS[1]): ReturnType<typeof runOn> =>
  runOn(on, withGradients(matching, ['logits']), { logits });
const swappedOrNot = (logits: Host, swapped: Host, on = BACKENDS[1]): ReturnType<typeof runOn> =>
  runOn(on, withGradients(swapping, ['logits']), { logits, swapped });

describe('matching', () => {
  it('adds up over micro-batches, gradients included, to that of the whole batch', async () => {
    const kinds = [0, 1, 2].map((kind) => normal(`kind ${kind}`, M, 2));
    const micro = (from: number, to: number): Host => concatenated(kinds.map((kind) => rowsOf(kind, from, to)));
    const whole = await matched(micro(0, M));
    const [first, second] = [await matched(micro(0, 1)), await matched(micro(1, M))];
    expect(first['value'].data[0] + second['value'].data[0]).toBeCloseTo(whole['value'].data[0], 6);
    const ofFirst = rowsOf(whole['gradient/logits'], 0, 1).data;
    expect(relativeDifference(rowsOf(first['gradient/logits'], 0, 1).data, ofFirst)).toBeLessThan(1e-5);
  });

  it.each(BACKENDS)('of extreme logits is finite: what is lost is the logit, on %s', async (on) => {
    const found = await matched(
      filled([3, 2], (i) => (i % 2 === 0 ? 1e4 : -1e4)),
      on,
    );
    expect(allFinite(found)).toBe(true);
    // The true pair is taken for a mismatch, the two mismatches are recognised.
    expect(found['value'].data[0]).toBeCloseTo(2e4 / (3 * BATCH), 2);
  });
});

describe('swapping', () => {
  it('adds up over micro-batches, gradients included, to that of the whole batch', async () => {
    const [logits, swapped] = [normal('logits', M), filled([M], (i) => i % 2)];
    const whole = await swappedOrNot(logits, swapped);
    const parts = [];
    for (const [from, to] of [
      [0, 3],
      [3, M],
    ])
      parts.push(await swappedOrNot(rowsOf(logits, from, to), rowsOf(swapped, from, to)));
    expect(parts[0]['value'].data[0] + parts[1]['value'].data[0]).toBeCloseTo(whole['value'].data[0], 6);
    const together = concatenated(parts.map((found) => found['gradient/logits']));
    expect(relativeDifference(together.data, whole['gradient/logits'].data)).toBeLessThan(1e-5);
  });

  it.each(BACKENDS)(
    'of extreme logits is finite, and keeps the small loss of a sure and right answer, on %s',
    async (on) => {
      const wrong = await swappedOrNot({ shape: [2], data: [1e4, -1e4] }, { shape: [2], data: [0, 1] }, on);
      expect(allFinite(wrong)).toBe(true);
      expect(wrong['value'].data[0]).toBeCloseTo(2e4 / BATCH, 2);
      const right = await swappedOrNot({ shape: [2], data: [20, -20] }, { shape: [2], data: [1, 0] }, on);
      expect(right['value'].data[0]).toBeGreaterThan(0);
      expect(right['value'].data[0]).toBeCloseTo((2 * Math.exp(-20)) / BATCH, 12);
    },
  );
});
