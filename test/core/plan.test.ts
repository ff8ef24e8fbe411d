// How micro-batches are shared out: evenly, or by the speed of each rank.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOf, sharesBySpeed } from '../../src/core/plan.js';

const sizesOf = (shares: readonly { start: number; end: number }[]): number[] =>
  shares.map(({ start, end }) => end - start);

const speed = fc.oneof(
  fc.constantFrom(1, 1, 1, 2, 3, 1 / 3, 1e-6, 1e6),
  fc.double({ min: 0.01, max: 100, noNaN: true }),
);
const speeds = fc.array(speed, { minLength: 1, maxLength: 4 });

/** Of every way to give `count` micro-batches to the ranks, each at least `least`, the least time of the slowest. */
function leastTime(of: readonly number[], count: number, least: number): number {
  const [first, ...others] = of;
  if (others.length === 0) return count >= least ? count / first : Infinity;
  const times = Array.from({ length: count + 1 }, (_, own) =>
    own < least ? Infinity : Math.max(own / first, leastTime(others, count - own, least)),
  );
  return Math.min(...times);
}

describe('shares by speed', () => {
  it('are contiguous, in order of rank, and cover all micro-batches', () => {
    fc.assert(
      fc.property(speeds, fc.nat(40), (of, count) => {
        const shares = sharesBySpeed(of, count);
        expect(shares).toHaveLength(of.length);
        expect(shares[0].start).toBe(0);
        expect(shares.at(-1)!.end).toBe(count);
        shares.slice(1).forEach(({ start }, rank) => expect(start).toBe(shares[rank].end));
      }),
    );
  });

  it('give each rank one where there are enough; where there are not, the fastest have them', () => {
    fc.assert(
      fc.property(speeds, fc.nat(12), (of, count) => {
        const sizes = sizesOf(sharesBySpeed(of, count));
        if (count >= of.length) expect(Math.min(...sizes)).toBeGreaterThanOrEqual(1);
      }),
    );
    expect(sizesOf(sharesBySpeed([1, 3, 2], 2))).toEqual([0, 1, 1]);
    expect(sizesOf(sharesBySpeed([1, 9, 2], 2))).toEqual([0, 2, 0]);
  });

  it('let the slowest rank be done as early as in any other sharing', () => {
    fc.assert(
      fc.property(speeds, fc.nat(12), (of, count) => {
        const sizes = sizesOf(sharesBySpeed(of, count));
        const time = Math.max(...sizes.map((size, rank) => size / of[rank]));
        expect(time).toBe(leastTime(of, count, count >= of.length ? 1 : 0));
      }),
    );
  });

  it('of ranks of one speed are the even ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(40), speed, (world, count, one) => {
        const even = Array.from({ length: world }, (_, rank) => shareOf(rank, world, count));
        expect(
          sharesBySpeed(
            Array.from({ length: world }, () => one),
            count,
          ),
        ).toEqual(even);
      }),
    );
  });

  it('of three ranks of which one is slowed to a third', () => {
    expect(sizesOf(sharesBySpeed([3, 1, 3], 14))).toEqual([6, 2, 6]);
  });

  it.each([[0], [-1], [NaN], [Infinity]])('refuse a speed of %d', (bad) => {
    expect(() => sharesBySpeed([1, bad], 4)).toThrow('cannot be shared by the speeds 1, ');
  });
});
