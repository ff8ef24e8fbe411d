// R@k and precision@k against cases that can be counted by hand.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostTensor } from '../../src/core/host-tensor.js';
import { random } from '../../src/core/random.js';
import { labelPrecision, recallScore } from '../../src/evaluation/retrieval.js';

/** [rows, width] from rows of numbers. */
function tensor(...rows: number[][]): HostTensor {
  return { shape: [rows.length, rows[0].length], data: Float32Array.from(rows.flat()) };
}

function unitRows(count: number, width: number, seed: number): HostTensor {
  const draw = random(seed, 'rows');
  const rows = Array.from({ length: count }, () => Array.from({ length: width }, () => draw.normal()));
  return tensor(...rows.map((row) => row.map((value) => value / Math.hypot(...row))));
}

describe('recall', () => {
  it('is 1 where every pair has its own direction', () => {
    const same = tensor([1, 0, 0], [0, 1, 0], [0, 0, 1]);
    expect(recallScore(same, same)).toEqual({
      pairs: 3,
      imageToReport: { r1: 1, r5: 1, r10: 1 },
      reportToImage: { r1: 1, r5: 1, r10: 1 },
    });
  });

  it('differs by direction where the similarity is not symmetric', () => {
    // Both images are nearest to report 0; report 0 is nearest to image 0, report 1 to image 1.
    const images = tensor([1, 0], [0.8, 0.6]);
    const reports = tensor([1, 0.3], [0, 0.5]);
    const score = recallScore(images, reports);
    expect(score.imageToReport.r1).toBe(0.5);
    expect(score.reportToImage.r1).toBe(1);
  });

  it('counts the place of the own pair against the cutoff', () => {
    // Angles: image i is 5 rows away from its report, so it is found within 10 of 20 but not at 5.
    const circle = (shift: number): HostTensor =>
      tensor(
        ...Array.from({ length: 20 }, (_, i) => [
          Math.cos(((i + shift) * Math.PI) / 10),
          Math.sin(((i + shift) * Math.PI) / 10),
        ]),
      );
    const { imageToReport } = recallScore(circle(0), circle(3.1));
    expect(imageToReport).toEqual({ r1: 0, r5: 0, r10: 1 });
  });

  it('is exactly chance for a collapsed encoder', () => {
    const collapsed = tensor(...Array.from({ length: 40 }, () => [1, 0]));
    const { imageToReport } = recallScore(collapsed, unitRows(40, 2, 1));
    const { reportToImage } = recallScore(unitRows(40, 2, 1), collapsed);
    for (const r of [recallScore(collapsed, collapsed).imageToReport, reportToImage, imageToReport]) {
      expect(r.r1).toBeCloseTo(1 / 40, 12);
      expect(r.r10).toBeCloseTo(10 / 40, 12);
    }
  });

  it('shares the hit between identical reports', () => {
    const images = tensor([1, 0], [1, 0], [0, 1]);
    expect(recallScore(images, images).imageToReport.r1).toBeCloseTo((0.5 + 0.5 + 1) / 3, 12);
  });

  it('agrees with sorting by hand on random embeddings', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 1e6 }), (count, seed) => {
        const [images, reports] = [unitRows(count, 8, seed), unitRows(count, 8, seed + 1)];
        expect(recallScore(images, reports).imageToReport.r5).toBeCloseTo(bySorting(images, reports, 5), 9);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses embeddings that are not numbers', () => {
    const bad = tensor([1, 0], [NaN, 1]);
    expect(() => recallScore(tensor([1, 0], [0, 1]), bad)).toThrow('the report encoder gives NaN');
  });
});

function bySorting(images: HostTensor, reports: HostTensor, k: number): number {
  const row = (from: HostTensor, at: number): number[] => [...from.data.subarray(at * 8, at * 8 + 8)];
  const count = images.shape[0];
  const dot = (a: number, b: number): number => row(images, a).reduce((sum, x, i) => sum + x * row(reports, b)[i], 0);
  const found = Array.from({ length: count }, (_, query) => {
    const order = Array.from({ length: count }, (_, at) => at).sort((a, b) => dot(query, b) - dot(query, a));
    return order.slice(0, k).includes(query) ? 1 : 0;
  });
  return found.reduce<number>((sum, hit) => sum + hit, 0) / count;
}

describe('precision by label', () => {
  const images = tensor([1, 0], [0.99, 0.14], [0, 1], [0.14, 0.99]);

  it('counts rows that share a label among the nearest', () => {
    const score = labelPrecision(images, images, [['effusion'], ['edema', 'effusion'], ['normal'], ['normal']]);
    expect(score.chance).toBe(0.5);
    expect(score.imageToReport).toEqual({ p1: 1, p5: 0.5, p10: 0.5 });
    expect(score.reportToImage).toEqual(score.imageToReport);
  });

  it('is below chance where unlike rows are nearest', () => {
    expect(labelPrecision(images, images, [['a'], ['b'], ['b'], ['a']]).imageToReport.p1).toBe(1);
    const crossed = tensor([0, 1], [0.14, 0.99], [1, 0], [0.99, 0.14]);
    expect(labelPrecision(images, crossed, [['a'], ['a'], ['b'], ['b']]).imageToReport.p1).toBe(0);
  });

  it('counts rows without findings as alike', () => {
    expect(labelPrecision(images, images, [[], [], ['edema'], ['edema']]).chance).toBe(0.5);
  });
});
