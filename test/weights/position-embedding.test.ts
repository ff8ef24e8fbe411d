// Position tables of other sizes, against timm's resample_abs_pos_embed (test/fixtures/weights/make_weights.py).
import { expect, it } from 'vitest';
import { readSafetensors } from '../../src/safetensors/safetensors.js';
import { resamplePositions } from '../../src/weights/position-embedding.js';
import { fixture } from './small-model.js';

const GRID = 6;
const tables = await readSafetensors(fixture('positions.safetensors'));
const table = tables.get(String(GRID))!;
const sides = [...tables.keys()].map(Number).filter((side) => side !== GRID);

it.each(sides)(`resamples ${GRID} x ${GRID} positions to a side of %i as timm does`, (side) => {
  const { shape, data } = resamplePositions(table, side);
  const expected = tables.get(String(side))!;
  expect(shape).toEqual(expected.shape);
  const worst = Math.max(...data.map((value, i) => Math.abs(value - expected.data[i])));
  expect(worst).toBeLessThan(2e-6);
});

it('has been compared at sizes below and above', () => {
  expect(Math.min(...sides)).toBeLessThan(GRID);
  expect(Math.max(...sides)).toBeGreaterThan(2 * GRID);
});

it('keeps a table whose size is that already', () => {
  expect(Array.from(resamplePositions(table, GRID).data)).toEqual(Array.from(table.data));
});
