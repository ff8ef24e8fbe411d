import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { learningRateAt, type ScheduleOptions } from '../../src/optim/schedule.js';

const mgca: ScheduleOptions = {
  learningRate: 2e-5,
  startLearningRate: 1e-8,
  endLearningRate: 1e-8,
  warmupShare: 0.4,
};

describe('the learning rate', () => {
  it('starts at the start, rises in a straight line and peaks after the warm-up', () => {
    expect(learningRateAt(0, 100, mgca)).toBe(1e-8);
    expect(learningRateAt(20, 100, mgca)).toBeCloseTo((2e-5 + 1e-8) / 2, 12);
    expect(learningRateAt(40, 100, mgca)).toBeCloseTo(2e-5, 12);
  });

  it('falls along a cosine, half of it at half of the rest, to the end', () => {
    expect(learningRateAt(70, 100, mgca)).toBeCloseTo((2e-5 + 1e-8) / 2, 12);
    expect(learningRateAt(55, 100, mgca)).toBeCloseTo(1e-8 + (2e-5 - 1e-8) * Math.cos(Math.PI / 8) ** 2, 12);
    expect(learningRateAt(100, 100, mgca)).toBeCloseTo(1e-8, 12);
    expect(learningRateAt(150, 100, mgca)).toBeCloseTo(1e-8, 12);
  });

  it('starts at the peak without a warm-up, and only rises where all is warm-up', () => {
    expect(learningRateAt(0, 10, { ...mgca, warmupShare: 0 })).toBeCloseTo(2e-5, 12);
    const rates = Array.from({ length: 10 }, (_, step) => learningRateAt(step, 10, { ...mgca, warmupShare: 1 }));
    expect(rates).toEqual([...rates].sort((a, b) => a - b));
  });

  it('is a number between the lowest and the peak for any run, also of one step', () => {
    const options = fc.record({ warmupShare: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.nat(1000), options, (steps, step, { warmupShare }) => {
        const rate = learningRateAt(step % steps, steps, { ...mgca, warmupShare });
        expect(rate).toBeGreaterThanOrEqual(1e-8 * (1 - 1e-9));
        expect(rate).toBeLessThanOrEqual(2e-5 * (1 + 1e-9));
      }),
    );
  });
});
