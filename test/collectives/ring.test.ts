import { describe, expect, it } from 'vitest';
import { SEGMENT_ELEMENTS } from '../../src/collectives/segments.js';
import { openRings, roughNumbers, sameBits } from './rings.js';

/** Smaller than the world, uneven, exactly a segment, several segments a chunk. */
const LENGTHS = [0, 1, 2, 4, 7, 1000, SEGMENT_ELEMENTS * 2, 10 * SEGMENT_ELEMENTS + 12345];

function inputs(world: number, length: number): Float32Array[] {
  return Array.from({ length: world }, (_, rank) => roughNumbers(length, rank + length));
}

/** Sums chunk by chunk in the order of the ring: chunk c starts at rank c. */
function expectedSum(buffers: Float32Array[]): Float32Array {
  const world = buffers.length;
  const length = buffers[0].length;
  const share = (chunk: number): number => Math.floor(length / world) + (chunk < length % world ? 1 : 0);
  const result = new Float32Array(length);
  for (let chunk = 0, begin = 0; chunk < world; begin += share(chunk++)) {
    for (let i = begin; i < begin + share(chunk); i++) {
      let sum = buffers[chunk][i];
      for (let hop = 1; hop < world; hop++) sum = Math.fround(sum + buffers[(chunk + hop) % world][i]);
      result[i] = sum;
    }
  }
  return result;
}

describe.each([1, 2, 3, 5])('a ring of %i ranks', (world) => {
  it('sums buffers of any length, to the same bits on every rank and in every repeat', async () => {
    const { rings, close } = await openRings(world);
    for (const length of LENGTHS) {
      const expected = expectedSum(inputs(world, length));
      for (let repeat = 0; repeat < 2; repeat++) {
        const buffers = inputs(world, length);
        await Promise.all(rings.map((ring, rank) => ring.allReduce(buffers[rank])));
        for (const buffer of buffers) expect(sameBits(buffer, expected)).toBe(true);
      }
    }
    await close();
  });

  it('finds the largest of each element, to the same bits on every rank', async () => {
    const { rings, close } = await openRings(world);
    for (const length of LENGTHS) {
      const buffers = inputs(world, length);
      const expected = buffers[0].map((_, i) => Math.max(...buffers.map((own) => own[i])));
      await Promise.all(rings.map((ring, rank) => ring.allReduce(buffers[rank], 'max')));
      for (const buffer of buffers) expect(sameBits(buffer, expected)).toBe(true);
    }
    const broken = rings.map((_, rank) => (rank === world - 1 ? [NaN, 1, 7] : [0, Infinity, rank]));
    const buffers = broken.map((values) => Float64Array.from(values));
    await Promise.all(rings.map((ring, rank) => ring.allReduce(buffers[rank], 'max')));
    for (const [first, second, third] of buffers)
      expect([first, second, third]).toEqual([NaN, world > 1 ? Infinity : 1, 7]);
    await close();
  });

  it('broadcasts from each root', async () => {
    const { rings, close } = await openRings(world);
    for (const length of LENGTHS) {
      for (let root = 0; root < world; root++) {
        const buffers = inputs(world, length);
        const expected = buffers[root].slice();
        await Promise.all(rings.map((ring, rank) => ring.broadcast(buffers[rank], root)));
        for (const buffer of buffers) expect(sameBits(buffer, expected)).toBe(true);
      }
    }
    await close();
  });

  it('keeps operations apart that are in flight together, whoever calls early or late', async () => {
    const { rings, close } = await openRings(world);
    const lengths = [5 * SEGMENT_ELEMENTS, 3, 0, 100_000, 1, 2 * SEGMENT_ELEMENTS + 1];
    const buffers = rings.map((_, rank) => lengths.map((length) => roughNumbers(length, rank + length)));
    const expected = lengths.map((_, index) => expectedSum(buffers.map((own) => own[index])));
    const finished: number[][] = rings.map(() => []);
    await Promise.all(
      rings.map(async (ring, rank) => {
        const calls = buffers[rank].map((buffer, index) => () => {
          return ring.allReduce(buffer).then(() => finished[rank].push(index));
        });
        if (rank === 1) for (const call of calls) await new Promise((go) => setTimeout(go, 20)).then(call);
        else await Promise.all(calls.map((call) => call()));
      }),
    );
    for (const own of buffers) own.forEach((buffer, index) => expect(sameBits(buffer, expected[index])).toBe(true));
    for (const order of finished) expect(order.filter((index) => lengths[index] > 0)).toEqual([0, 1, 3, 4, 5]);
    await close();
  });
});

it('reduces a view into a larger buffer and leaves the rest alone', async () => {
  const { rings, close } = await openRings(2);
  const whole = [new Float32Array(9).fill(1), new Float32Array(9).fill(2)];
  await Promise.all(rings.map((ring, rank) => ring.allReduce(whole[rank].subarray(1, 8))));
  expect([...whole[0]]).toEqual([1, 3, 3, 3, 3, 3, 3, 3, 1]);
  expect([...whole[1]]).toEqual([2, 3, 3, 3, 3, 3, 3, 3, 2]);
  await close();
});

it('mixes broadcasts and reductions', async () => {
  const { rings, close } = await openRings(3);
  const state = rings.map((_, rank) => new Float32Array(200_000).fill(rank));
  const gradient = rings.map(() => new Float32Array(100_000).fill(1));
  await Promise.all(rings.flatMap((ring, rank) => [ring.broadcast(state[rank], 2), ring.allReduce(gradient[rank])]));
  for (const values of state) expect(values.every((value) => value === 2)).toBe(true);
  for (const values of gradient) expect(values.every((value) => value === 3)).toBe(true);
  await close();
});

it('sends twice (world - 1) / world of the buffer and no more', async () => {
  const { rings, close } = await openRings(4);
  const buffers = rings.map(() => new Float32Array(400_000));
  await Promise.all(rings.map((ring, rank) => ring.allReduce(buffers[rank])));
  const least = 2 * 0.75 * 400_000 * 4;
  for (const ring of rings) {
    expect(ring.bytesSent).toBeGreaterThanOrEqual(least);
    expect(ring.bytesSent).toBeLessThan(least * 1.001);
  }
  await close();
});
