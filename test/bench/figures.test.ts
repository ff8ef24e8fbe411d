// The arithmetic of benchmark reports.
import { describe, expect, it } from 'vitest';
import { lessIsBetter, median } from '../../bench/benchmark.js';
import { lossDifference, outputDifference, worstGradient } from '../../bench/step/agreement.js';
import { added, describeShares, multiplications, PARTS } from '../../bench/step/shares.js';
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

describe('agreement of the whole method', () => {
  it('is that of the worst loss, relative to its value; a loss that is missing is refused', () => {
    const theirs = { loss_global: 4, loss_itm: 0.5 };
    expect(lossDifference({ loss_global: 4, loss_itm: 0.51, loss_divergence: 1 }, theirs)).toBeCloseTo(0.02);
    expect(lossDifference({ loss_global: 4 }, theirs)).toBe(Infinity);
    expect(lossDifference({ loss_global: 4, loss_itm: NaN }, theirs)).toBe(Infinity);
  });

  it('does not hide small gradients of one part behind large ones of another', () => {
    const theirs = { 'vision.weight': 1000, 'itm_head.weight': 1, 'itm_head.bias': 1e-9 };
    const partOf = (parameter: string) => parameter.split('.')[0];
    const ours = { ...theirs, 'itm_head.weight': 1.1, 'itm_head.bias': 0 };
    expect(worstGradient(ours, theirs, partOf)).toEqual({
      parameter: 'itm_head.weight',
      difference: expect.closeTo(0.1) as number,
    });
    expect(worstGradient(ours, theirs).difference).toBeCloseTo(0.01);
  });
});

describe('the shares of the parts of the method', () => {
  it('are what each adds to those before it', () => expect(added([100, 110, 105, 200])).toEqual([100, 10, -5, 95]));

  it('are told for both sides, with what the passes of the proxies explain', () => {
    const ours = [1000, 1000, 1100, 1200, 1200, 1250, 1950, 2000];
    const lines = describeShares({ ours, theirs: ours.map((time) => 2 * time) });
    expect(lines).toHaveLength(PARTS.length + 2);
    expect(lines).toContain('method, local: 100 ms, 5.0 % (ours), 200 ms, 5.0 % (theirs)');
    expect(lines.at(-1)).toMatch(/both proxies take 0\.75 \(ours\) and 0\.75 \(theirs\) times .* explain 0\.98\.$/);
  });

  it('count a multiplication of every pair of rows and columns', () => {
    const { encoders, fusion } = multiplications();
    const image = 12 * (4 * 197 * 384 ** 2 + 2 * 197 ** 2 * 384 + 2 * 197 * 384 * 1536);
    const report = 6 * (4 * 112 * 384 ** 2 + 2 * 112 ** 2 * 384 + 2 * 112 * 384 * 1536);
    expect(encoders).toBe(16 * (image + report));
    const crossing = 6 * (2 * (112 + 197) * 384 ** 2 + 2 * 112 * 197 * 384);
    expect(fusion).toBe(48 * (report + crossing));
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
