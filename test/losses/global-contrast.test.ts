/** Properties of the global contrast; its numbers are in the golden test. */
import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import { globalContrast } from '../../src/losses/global-contrast.js';
import { relativeDifference, runOn, withGradients, type Host, type HostRecord } from '../support/backends.js';

const [B, D] = [6, 5];

describe('the global contrast', () => {
  it('is 2 log B where no pair stands out', async () => {
    const one = { shape: [B, D], data: Array.from({ length: B * D }, (_, i) => (i % D === 0 ? 1 : 0)) };
    const { value } = await contrast({ v: one, t: one });
    expect(value.data[0]).toBeCloseTo(2 * Math.log(B), 5);
  });

  it('is the same with images and reports exchanged', async () => {
    const [v, t] = [unitRows('a'), unitRows('b')];
    const [there, back] = [await contrast({ v, t }), await contrast({ v: t, t: v })];
    expect(relativeDifference(there['value'].data, back['value'].data)).toBeLessThan(1e-6);
    expect(relativeDifference(there['gradient/v'].data, back['gradient/t'].data)).toBeLessThan(1e-5);
  });

  it('stays finite, with its gradient, at a temperature at which exp overflows float32', async () => {
    const found = await contrast({ v: unitRows('a'), t: unitRows('b') }, 0.005);
    expect(found['value'].data[0]).toBeGreaterThan(0);
    expect(found['value'].data[0]).toBeLessThan(1000);
    expect(Array.from(found['gradient/v'].data).every(Number.isFinite)).toBe(true);
  });

  it('ignores the diagonal of the mask: a pair stays its own positive', async () => {
    const inputs = { v: unitRows('a'), t: unitRows('b') };
    const plain = await contrast(inputs);
    const masked = await contrast({ ...inputs, same: mask((i, j) => i === j) });
    expect(masked['value'].data).toEqual(plain['value'].data);
  });

  it('is 0, gradient included, where no negatives are left', async () => {
    const found = await contrast({ v: unitRows('a'), t: unitRows('b'), same: mask(() => true) });
    expect(Math.abs(found['value'].data[0])).toBeLessThan(1e-6);
    expect(Array.from(found['gradient/v'].data).every((value) => Math.abs(value) < 1e-6)).toBe(true);
  });
});

function contrast(inputs: HostRecord, temperature = 0.07): Promise<HostRecord> {
  const loss = ({ v, t, same }: tf.NamedTensorMap): tf.Scalar =>
    globalContrast(v as tf.Tensor2D, t as tf.Tensor2D, { temperature, same: same as tf.Tensor2D });
  return runOn('eager', withGradients(loss, ['v', 't']), inputs);
}

function unitRows(key: string): Host {
  const draw = random(1, key);
  const rows = Array.from({ length: B }, () => Array.from({ length: D }, () => draw.normal()));
  const data = rows.flatMap((row) => row.map((value) => value / Math.hypot(...row)));
  return { shape: [B, D], data };
}

function mask(same: (i: number, j: number) => boolean): Host {
  const data = Array.from({ length: B * B }, (_, i) => Number(same(Math.floor(i / B), i % B)));
  return { shape: [B, B], data, dtype: 'bool' };
}
