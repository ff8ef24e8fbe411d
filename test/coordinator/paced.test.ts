// An action that is done at most so often, and once more where it was wanted since.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Paced } from '../../src/coordinator/paced.js';

const EVERY_MS = 200;

function counted(): { paced: Paced; seen: number[]; set: (value: number) => void } {
  let value = 0;
  const seen: number[] = [];
  const paced = new Paced(() => seen.push(value), EVERY_MS);
  return { paced, seen, set: (next) => ((value = next), paced.want()) };
}

it('is done at once, then once for a thousand who want it, with what the last one saw', async () => {
  const { seen, set } = counted();
  for (let value = 1; value <= 1000; value++) set(value);
  expect(seen).toEqual([1]);
  await expect.poll(() => seen).toEqual([1, 1000]);
  await sleep(2 * EVERY_MS);
  expect(seen).toEqual([1, 1000]);
  set(1001);
  expect(seen).toEqual([1, 1000, 1001]);
});

it('is done with what is left at the end, and not again', async () => {
  const { paced, seen, set } = counted();
  set(1);
  paced.flush();
  expect(seen).toEqual([1]);
  set(2);
  paced.flush();
  expect(seen).toEqual([1, 2]);
  await sleep(2 * EVERY_MS);
  expect(seen).toEqual([1, 2]);
});
