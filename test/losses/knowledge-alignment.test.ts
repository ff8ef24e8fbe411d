/** Properties of the alignment of words and concepts; its numbers are in the golden test. */
import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { knowledgeAlignment, type LinkedFeatures } from '../../src/losses/knowledge-alignment.js';
import { BACKENDS, relativeDifference, runOn, withGradients, type Host, type HostRecord } from '../support/backends.js';
import { allFinite, filled, isZero, padded, prefixMask, rowsOf, unit } from './samples.js';

const [M, T, P, K, D] = [3, 6, 5, 4, 7];
const NAMES = ['words', 'patches', 'concepts'];

describe('the knowledge alignment', () => {
  it.each(BACKENDS)('is 0, gradients included, where nothing is linked, on %s', async (backend) => {
    const found = await align(sample([0, 0, 0]), backend);
    expect(allFinite(found)).toBe(true);
    expect(Object.values(found).every(isZero)).toBe(true);
  });

  it('does not depend on empty slots, nor on what they hold', async () => {
    const inputs = sample([K, 2, 1]);
    const { concepts, conceptIds, positions, linkMask } = inputs;
    const longer = {
      concepts: padded(concepts, 3, 0.5),
      conceptIds: padded(conceptIds, 3, conceptIds.data[0]),
      positions: padded(positions, 3, 2),
      linkMask: padded(linkMask, 3, 0),
    };
    const [plain, more] = [await align(inputs), await align({ ...inputs, ...longer })];
    expect(relativeDifference(more['value'].data, plain['value'].data)).toBeLessThan(1e-6);
    for (const name of ['gradient/words', 'gradient/patches'])
      expect(relativeDifference(more[name].data, plain[name].data)).toBeLessThan(1e-5);
    const withPadding = padded(plain['gradient/concepts'], 3, 0);
    expect(relativeDifference(more['gradient/concepts'].data, withPadding.data)).toBeLessThan(1e-5);
  });

  it('does not depend on which slots hold the links', async () => {
    const inputs = sample([2, 2, 2]);
    const swapped = { ...inputs };
    for (const name of ['concepts', 'conceptIds', 'positions', 'linkMask']) swapped[name] = reversed(inputs[name]);
    const [plain, other] = [await align(inputs), await align(swapped)];
    expect(relativeDifference(other['value'].data, plain['value'].data)).toBeLessThan(1e-6);
    expect(relativeDifference(other['gradient/words'].data, plain['gradient/words'].data)).toBeLessThan(1e-5);
  });

  it('gives a report without links, and words that are not linked, no gradient', async () => {
    const found = await align(sample([K, 0, 2]));
    expect(allFinite(found)).toBe(true);
    for (const name of NAMES) expect(isZero(rowsOf(found[`gradient/${name}`], 1, 2)), name).toBe(true);
    const firstReport = rowsOf(found['gradient/words'], 0, 1);
    const ofWord = (word: number): Host => rowsOf({ shape: [T, D], data: firstReport.data }, word, word + 1);
    expect([0, 1, 2, 3, 4, 5].map((word) => isZero(ofWord(word)))).toEqual([true, false, false, false, false, true]);
  });

  it('is 0 where all links are of one concept: they are no negatives of each other', async () => {
    const inputs = sample([K, 2, 1]);
    const conceptIds = { ...inputs['conceptIds'], data: Array.from({ length: M * K }, () => 7) };
    expect(Math.abs((await align({ ...inputs, conceptIds }))['value'].data[0])).toBeLessThan(1e-6);
    expect((await align(inputs))['value'].data[0]).toBeGreaterThan(0.1);
  });
});

/** `counts[row]` links a row, on the words from 1 on, each of its own concept. */
function sample(counts: number[]): HostRecord {
  return {
    words: unit('words', M, T, D),
    patches: unit('patches', M, P, D),
    concepts: unit('concepts', M, K, D),
    conceptIds: { ...filled([M, K], (i) => i), dtype: 'int32' },
    positions: { ...filled([M, K], (i) => 1 + (i % K)), dtype: 'int32' },
    linkMask: prefixMask(counts, K),
  };
}

/** The second axis, last entry first. */
function reversed({ shape, data, dtype }: Host): Host {
  const size = shape.slice(2).reduce((a, b) => a * b, 1);
  const from = (i: number): number => {
    const [row, slot] = [Math.floor(i / (K * size)), Math.floor(i / size) % K];
    return (row * K + (K - 1 - slot)) * size + (i % size);
  };
  return { shape, dtype, data: Array.from(data, (_, i) => data[from(i)]) };
}

function align(inputs: HostRecord, backend = BACKENDS[1]): Promise<HostRecord> {
  const loss = (tensors: tf.NamedTensorMap): tf.Scalar =>
    knowledgeAlignment(tensors as unknown as LinkedFeatures, { temperature: 0.1, batchSize: 8 });
  return runOn(backend, withGradients(loss, NAMES), inputs);
}
