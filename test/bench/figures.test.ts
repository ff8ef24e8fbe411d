// The arithmetic of benchmark reports.
import { describe, expect, it } from 'vitest';
import { lessIsBetter, median } from '../../bench/benchmark.js';
import { outputDifference, worstGradient } from '../../bench/step/agreement.js';
import { formatReport } from '../../bench/table.js';

describe('the median', () => {
  it('is the middle value, whatever the order', () => expect(median([9, 1, 3])).toBe(3));
  it('of an even number of values is between the middle two', () => expect(median([4, 1, 2, 100])).toBe(3));
  it('sorts numbers as numbers', () => expect(median([10, 9, 100])).toBe(10));
});

describe('a result of which less is better', () => {
  const figures = { case: 'vit time', theirs: 100, unit: 'ms', goal: 1.25 };

  it('is met up to the goal', () => {
    expect(lessIsBetter({ ...figures, ours: 125 })).toEqual({ ...figures, ours: 125, ratio: 1.25, met: true });
  });

  it('is not met above it', () => {
    expect(lessIsBetter({ ...figures, ours: 126 })).toMatchObject({ ratio: 1.26, met: false });
  });
});

describe('agreement', () => {
  const values = Float32Array.of(1, -2, 0.5);

  it('of outputs is relative to the largest of them', () => {
    expect(outputDifference(values, values)).toBe(0);
    expect(outputDifference(Float32Array.of(1, -2, 1), values)).toBeCloseTo(0.25);
  });

  it('is refused where lengths differ or a value is no number', () => {
    expect(outputDifference(Float32Array.of(1, -2), values)).toBe(Infinity);
    expect(outputDifference(Float32Array.of(1, NaN, 0.5), values)).toBeNaN();
  });

  it('of gradients is that of the worst parameter, relative to its own norm', () => {
    const worst = worstGradient({ a: 1, b: 2.2, c: 3 }, { a: 1, b: 2, c: 3 });
    expect(worst.parameter).toBe('b');
    expect(worst.difference).toBeCloseTo(0.1);
  });

  it('forgives the rounding of a gradient that is zero, not one that is missing or no number', () => {
    expect(worstGradient({ a: 1, b: 0 }, { a: 1, b: 1e-9 }).difference).toBeLessThan(1e-6);
    expect(worstGradient({ a: 1 }, { a: 1, b: 1 })).toEqual({ parameter: 'b', difference: Infinity });
    expect(worstGradient({ a: 1, b: 1 }, { a: 1 })).toEqual({ parameter: 'b', difference: Infinity });
    expect(worstGradient({ a: NaN, b: 1 }, { a: 1, b: 1 })).toEqual({ parameter: 'a', difference: Infinity });
  });
});

it('the table names machine, versions, each case and whether its goal is met', () => {
  const machine = { cpu: 'a processor', cores: 2, memoryGb: 24, system: 'linux 6', loadBefore: 0.1 };
  const results = [
    lessIsBetter({ case: 'vit time of a step', ours: 100, theirs: 200, unit: 'ms', goal: 1.25 }),
    lessIsBetter({ case: 'vit peak memory', ours: 300, theirs: 200, unit: 'MiB', goal: 1.25 }),
  ];
  const table = formatReport({ name: 'step', machine, versions: { torch: '2.15.0' }, results, notes: ['a note'] });
  expect(table.split('\n')).toEqual([
    'step: a processor, 2 cores, 24 GB, load 0.1',
    'torch 2.15.0',
    '',
    'case                ours  theirs  unit  ratio  goal',
    'vit time of a step  100   200     ms    0.50   1.25  met',
    'vit peak memory     300   200     MiB   1.50   1.25  NOT MET',
    '',
    'a note',
  ]);
});
