/** Properties of the alignment of words and patches; its numbers are in the golden test. */
import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { localAlignment, type LocalFeatures } from '../../src/losses/local-alignment.js';
import { BACKENDS, mapValues, relativeDifference, runOn, withGradients, type HostRecord } from '../support/backends.js';
import { allFinite, concatenated, evenWeights, filled, isZero, padded, prefixMask, rowsOf, unit } from './samples.js';

const [M, T, P, D] = [4, 6, 5, 7];
const BATCH = 9;

describe('the local alignment', () => {
  it('adds up over micro-batches, gradients included, to that of the whole batch', async () => {
    const inputs = sample([T, 3, 1, 4]);
    const whole = await align(inputs);
    const parts = [await align(part(inputs, 0, 2)), await align(part(inputs, 2, M))];
    expect(parts[0]['value'].data[0] + parts[1]['value'].data[0]).toBeCloseTo(whole['value'].data[0], 5);
    for (const name of ['gradient/words', 'gradient/patches']) {
      const together = concatenated(parts.map((found) => found[name]));
      expect(relativeDifference(together.data, whole[name].data)).toBeLessThan(1e-5);
    }
  });

  it('does not depend on how far reports are padded, nor on what the padding holds', async () => {
    const inputs = sample([T, 3, 1, 4]);
    const { words, wordMask, wordWeights } = inputs;
    const longer = {
      words: padded(words, 3, 0.5),
      wordMask: padded(wordMask, 3, 0),
      wordWeights: padded(wordWeights, 3, 0.2),
    };
    const [plain, more] = [await align(inputs), await align({ ...inputs, ...longer })];
    expect(relativeDifference(more['value'].data, plain['value'].data)).toBeLessThan(1e-6);
    expect(relativeDifference(more['gradient/patches'].data, plain['gradient/patches'].data)).toBeLessThan(1e-5);
    const withPadding = padded(plain['gradient/words'], 3, 0);
    expect(relativeDifference(more['gradient/words'].data, withPadding.data)).toBeLessThan(1e-5);
  });

  it.each(BACKENDS)('takes nothing from a pair without words and gives it no gradient, on %s', async (backend) => {
    const inputs = sample([T, 0, 3, 0]);
    const words = { ...inputs['words'], data: zeroRow(inputs['words'].data, 3, T * D) };
    const found = await align({ ...inputs, words }, backend);
    const filledPairs = await align(part(inputs, 0, 1), backend);
    const third = await align(part(inputs, 2, 3), backend);
    expect(allFinite(found)).toBe(true);
    expect(found['value'].data[0]).toBeCloseTo(filledPairs['value'].data[0] + third['value'].data[0], 5);
    for (const row of [1, 3]) {
      expect(isZero(rowsOf(found['gradient/words'], row, row + 1))).toBe(true);
      expect(isZero(rowsOf(found['gradient/patches'], row, row + 1))).toBe(true);
    }
  });

  it('is smaller where words look like patches', async () => {
    const patches = unit('patches', M, P, D);
    const same = { ...sample([P, P, P, P], P), words: patches, patches };
    const other = { ...same, words: unit('words', M, P, D) };
    expect((await align(same))['value'].data[0]).toBeLessThan((await align(other))['value'].data[0]);
  });

  it('stays finite, with its gradients, at a temperature at which exp overflows float32', async () => {
    const found = await align(sample([T, 3, 0, 4]), 'executor', 0.005);
    expect(allFinite(found)).toBe(true);
    expect(found['value'].data[0]).toBeGreaterThan(0);
  });
});

function sample(lengths: number[], words = T): HostRecord {
  const wordMask = prefixMask(lengths, words);
  return {
    words: unit('words', M, words, D),
    patches: unit('patches', M, P, D),
    wordMask,
    wordWeights: evenWeights(wordMask),
    patchWeights: evenWeights(filled([M, P], () => 1)),
  };
}

const part = (inputs: HostRecord, from: number, to: number): HostRecord =>
  mapValues(inputs, (host) => rowsOf(host, from, to));

function zeroRow(data: ArrayLike<number>, row: number, size: number): number[] {
  return Array.from(data, (value, i) => (Math.floor(i / size) === row ? 0 : value));
}

function align(inputs: HostRecord, backend = BACKENDS[1], temperature = 0.1): Promise<HostRecord> {
  const loss = (tensors: tf.NamedTensorMap): tf.Scalar =>
    localAlignment(tensors as unknown as LocalFeatures, { temperature, batchSize: BATCH });
  return runOn(backend, withGradients(loss, ['words', 'patches']), inputs);
}
