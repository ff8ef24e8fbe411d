// The curves keep what the eye would see, in bounded memory.
import { expect, it } from 'vitest';
import { Curves } from '../../src/dashboard/curves.js';

function filled(count: number, value: (step: number) => number | null, most = 64): Curves {
  const curves = new Curves(most);
  for (let step = 1; step <= count; step++) curves.add({ step, loss: value(step) ?? NaN });
  return curves;
}

it('draws every step of a short run as it is', () => {
  const { steps, series } = filled(5, (step) => step * 2).draw(100);
  expect(steps).toEqual([1, 2, 3, 4, 5]);
  expect(series).toEqual({ loss: [2, 4, 6, 8, 10] });
});

it('keeps a single spike of a long run, whatever it is reduced to', () => {
  for (const spike of [1, 4_711, 99_999, 100_000]) {
    const { steps, series } = filled(100_000, (step) => (step === spike ? 50 : 1)).draw(20);
    expect(steps.length).toBeLessThanOrEqual(40);
    expect(Math.max(...(series['loss'] as number[]))).toBe(50);
    const at = series['loss'].indexOf(50);
    expect(Math.abs(steps[at] - spike)).toBeLessThanOrEqual(100_000 / 16);
  }
});

it('has rising steps, the first and the last among them', () => {
  for (const count of [63, 64, 65, 127, 128, 129, 1_000, 4_097]) {
    const { steps } = filled(count, (step) => step).draw(30);
    expect([steps[0], steps.at(-1)]).toEqual([1, count]);
    expect(steps.every((step, index) => index === 0 || step > steps[index - 1])).toBe(true);
  }
});

it('keeps the order of the extremes, so that what falls is drawn falling', () => {
  const { series } = filled(10_000, (step) => -step).draw(10);
  const values = series['loss'] as number[];
  expect(values).toEqual(values.toSorted((a, b) => b - a));
});

it('draws part of the run in more detail', () => {
  const curves = filled(1_000, (step) => step, 1_024);
  expect(curves.draw(10).steps.length).toBe(20);
  expect(curves.draw(100, 500, 520).steps).toEqual(Array.from({ length: 21 }, (_, index) => 500 + index));
});

it('has a gap where a number is none, and where a series begins later', () => {
  const curves = new Curves(8);
  curves.add({ step: 1, loss: 1 });
  curves.add({ step: 2, loss: NaN, skipped: 1 });
  curves.add({ step: 3, loss: Infinity, note: 'text' });
  expect(curves.draw(10).series).toEqual({ loss: [1, null, null], skipped: [null, 1, null] });
});

it('leaves out lines that are out of order or have no step', () => {
  const curves = new Curves(8);
  expect([curves.add({ step: 2, loss: 1 }), curves.add({ step: 2, loss: 1 }), curves.add({ loss: 1 })]).toEqual([
    true,
    false,
    false,
  ]);
});
