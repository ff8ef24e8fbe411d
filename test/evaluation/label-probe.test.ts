// Linear probes of several labels on constructed features.
import { describe, expect, it } from 'vitest';
import type { HostTensor } from '../../src/core/host-tensor.js';
import { random } from '../../src/core/random.js';
import { probableLabels, probeLabels, type FeaturesOfRows } from '../../src/evaluation/label-probe.js';

/** 40 rows of 6 features; `seen` is written into the third one, `unseen` into none. */
function rowsOf(seed: number): FeaturesOfRows {
  const draw = random(seed, 'rows');
  const rows = Array.from({ length: 40 }, (_, row) => ({
    labels: [...(row % 3 === 0 ? ['seen'] : []), ...(draw.uniform() < 0.5 ? ['unseen'] : [])],
  }));
  const features: HostTensor = { shape: [40, 6], data: Float32Array.from({ length: 240 }, () => draw.normal()) };
  rows.forEach(({ labels }, row) => (features.data[row * 6 + 2] += labels.includes('seen') ? 8 : 0));
  return { rows, features };
}

const [train, heldOut] = [rowsOf(1), rowsOf(2)];

describe('label probes', () => {
  const labels = probableLabels(train.rows, heldOut.rows, 'valid');
  const scores = probeLabels(train, heldOut, labels);

  it('find a label where the features have it, and not where they have not', () => {
    const [seen, unseen] = scores.labels;
    expect(seen).toMatchObject({ label: 'seen', positives: 14, negatives: 26 });
    expect(seen.auroc).toBeGreaterThan(0.98);
    expect(Math.abs(unseen.auroc - 0.5)).toBeLessThan(3 * unseen.standardError);
    expect(scores.macroAuroc).toBeCloseTo((seen.auroc + unseen.auroc) / 2, 12);
  });

  it('are the same each time', () => {
    expect(probeLabels(train, heldOut, labels)).toEqual(scores);
  });

  it('leave out labels of which a class is missing, and say where', () => {
    const give = (rows: FeaturesOfRows['rows'], change: (row: number) => string[]) =>
      rows.map(({ labels: own }, row) => ({ labels: [...own, ...change(row)] }));
    const fitted = give(train.rows, (row) => ['always', ...(row === 0 ? ['rare'] : [])]);
    const scored = give(heldOut.rows, (row) => ['new', ...(row === 0 ? ['rare'] : []), ...(row > 3 ? ['always'] : [])]);
    expect(probableLabels(fitted, scored, 'test')).toEqual({
      scored: ['seen', 'unseen'],
      leftOut: [
        { label: 'always', reason: 'every row that the probe is fitted to has it' },
        { label: 'new', reason: 'no row that the probe is fitted to has it' },
        { label: 'rare', reason: '1 of 40 rows of the split test have it' },
      ],
    });
  });
});
