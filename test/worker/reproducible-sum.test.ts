// Sums in a common unit: the same bits for any number of ranks, any sharing and any order (docs/adr/0013).
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ring } from '../../src/collectives/ring.js';
import { loadEngine, type Engine } from '../../src/engine/load.js';
import { magnitudeOf, rounderFor } from '../../src/worker/common-scale.js';
import { DoubleSum } from '../../src/worker/double-sum.js';
import type { GradientSum } from '../../src/worker/gradient-sum.js';
import { ReproducibleSum } from '../../src/worker/reproducible-sum.js';
import { openRings, type Rings } from '../collectives/rings.js';

const LENGTH = 6;
const WORLDS = [1, 2, 3, 4, 5];

let engine: Engine;
const rings = new Map<number, Rings>();
beforeAll(async () => {
  engine = await loadEngine({ device: 'cpu', threads: 1 });
  for (const world of WORLDS) rings.set(world, await openRings(world));
});
afterAll(async () => void (await Promise.all([...rings.values()].map(({ close }) => close()))));

/** A micro-batch's gradients: of one tensor, and of another that has them in some micro-batches only. */
interface Terms {
  a: Float32Array;
  b: Float32Array | undefined;
}

const DENORMAL = 1e-45;
const value = fc.oneof(
  fc.constantFrom(0, -0, 1e20, -1e20, 1e-30, -1e-30, DENORMAL, -DENORMAL, 1.17e-38, 3.4e38, 1, -1 / 3, 2 ** 24 + 1),
  fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e30), max: Math.fround(1e30) }),
  fc.float({ noNaN: true, noDefaultInfinity: true, min: -1, max: 1 }),
);
const tensor = fc.array(value, { minLength: LENGTH, maxLength: LENGTH }).map((values) => Float32Array.from(values));
const microBatches = fc.array(fc.record({ a: tensor, b: fc.option(tensor, { nil: undefined }) }), {
  minLength: 1,
  maxLength: 9,
});

/** The rank of each micro-batch, and an order in which they are added. */
const sharing = (count: number) =>
  fc.record({
    world: fc.constantFrom(...WORLDS),
    ranks: fc.array(fc.nat(100), { minLength: count, maxLength: count }),
    order: fc.shuffledSubarray(
      Array.from({ length: count }, (_, i) => i),
      { minLength: count },
    ),
  });

type Create = (like: tf.NamedTensorMap, count: number) => GradientSum;
const reproducible: Create = (like, count) => new ReproducibleSum(engine, like, count);

/** What each rank gets. */
async function sumOver(
  all: readonly Terms[],
  { world, ranks, order }: { world: number; ranks: number[]; order: number[] },
  create: Create = reproducible,
): Promise<Float32Array[][]> {
  const like = { a: tf.zeros([LENGTH]), b: tf.zeros([2, LENGTH / 2]) };
  const found = await Promise.all(
    rings.get(world)!.rings.map(async (ring: Ring, rank) => {
      const sum = create(like, all.length);
      for (const index of order) if (ranks[index] % world === rank) addTerms(sum, all[index], index);
      const sums = await sum.reduce(ring, Promise.resolve()).sums;
      const values = [sums['a'], sums['b']].map((summed) => engine.read(summed));
      tf.dispose(sums);
      sum.clear();
      return values;
    }),
  );
  tf.dispose(like);
  return found;
}

function addTerms(sum: GradientSum, { a, b }: Terms, index: number): void {
  tf.tidy(() => sum.add({ a: tf.tensor1d(a), ...(b && { b: tf.tensor2d(b, [2, LENGTH / 2]) }) }, index));
}

const bitsOf = (sums: readonly Float32Array[]): string =>
  sums.map(({ buffer }) => Buffer.from(buffer).toString('hex')).join();

const alone = (count: number) => {
  const order = Array.from({ length: count }, (_, index) => index);
  return { world: 1, ranks: order.map(() => 0), order };
};

describe('a reproducible sum', () => {
  it('has the same bits for any number of ranks, any sharing and any order, whatever the magnitudes', async () => {
    const cases = microBatches.chain((all) => fc.tuple(fc.constant(all), sharing(all.length)));
    await fc.assert(
      fc.asyncProperty(cases, async ([all, shared]) => {
        const [expected] = await sumOver(all, alone(all.length));
        for (const sums of await sumOver(all, shared)) expect(bitsOf(sums)).toBe(bitsOf(expected));
      }),
      { numRuns: 200 },
    );
  });

  it('differs from the exact sum by less than 2^-40 of the largest term, before it is rounded once', async () => {
    await fc.assert(
      fc.asyncProperty(microBatches, async (all) => {
        const [[sums]] = await sumOver(all, alone(all.length));
        const largest = Math.max(...all.map(({ a }) => magnitudeOf(a)));
        sums.forEach((sum, i) => {
          const exact = all.reduce((total, { a }) => total + a[i], 0);
          const rounding = Math.abs(exact) * 2 ** -23 + DENORMAL;
          if (Math.abs(exact) < 3.4e38)
            expect(Math.abs(sum - exact)).toBeLessThanOrEqual(largest * 2 ** -40 + rounding);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('is what a sum in double is not: 1 is lost beside 1e20, or not, by the order', async () => {
    const all = [1e20, 1, -1e20].map((first) => ({ a: new Float32Array(LENGTH).fill(first), b: undefined }));
    const inDouble: Create = (like) => new DoubleSum(engine, like);
    const found = async (create: Create) => {
      const orders = [
        [0, 1, 2],
        [0, 2, 1],
      ];
      return Promise.all(orders.map(async (order) => (await sumOver(all, { ...alone(3), order }, create))[0][0][0]));
    };
    expect(await found(inDouble)).toEqual([0, 1]);
    expect(await found(reproducible)).toEqual([0, 0]);
  });

  it('leaves no tensors', async () => {
    const before = tf.memory().numTensors;
    await sumOver([{ a: new Float32Array(LENGTH), b: undefined }], alone(1));
    const sum = reproducible({ a: tf.zeros([LENGTH]) }, 3);
    addTerms(sum, { a: new Float32Array(LENGTH), b: undefined }, 0);
    sum.clear();
    expect(tf.memory().numTensors).toBe(before + 1);
  });
});

describe.each([
  ['in a common unit', reproducible],
  ['in double', (like: tf.NamedTensorMap) => new DoubleSum(engine, like)],
] as const)('a sum %s', (_, create) => {
  it.each([NaN, Infinity, -Infinity])(
    'with %d in it is not finite on any rank; the micro-batch is known',
    async (bad) => {
      const terms = (a: number): Terms => ({ a: Float32Array.of(1, 2, a, 4, 5, 6), b: undefined });
      const sums: GradientSum[] = [];
      const noted: Create = (like, count) => {
        const sum = create(like, count);
        const clear = sum.clear.bind(sum);
        sum.clear = () => {
          noticed.push(...sum.notFinite);
          clear();
        };
        sums.push(sum);
        return sum;
      };
      const noticed: number[] = [];
      const all = [terms(3), terms(bad), terms(7)];
      const found = await sumOver(all, { world: 3, ranks: [0, 0, 1], order: [0, 1, 2] }, noted);
      for (const [[, , third]] of found) expect(Number.isFinite(third)).toBe(false);
      expect(noticed).toEqual([1]);
    },
  );
});

describe('the rounder of a magnitude', () => {
  it('rounds to units of which any number of terms up to the given one has an exact sum', () => {
    const magnitudes = fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(DENORMAL) });
    fc.assert(
      fc.property(
        magnitudes,
        fc.integer({ min: 1, max: 4096 }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (magnitude, terms, share) => {
          const rounder = rounderFor(magnitude, terms);
          const round = (x: number): number => x + rounder - rounder;
          // The unit is the last place of the rounder.
          const unit = 2 ** (Math.floor(Math.log2(rounder)) - 52);
          const value = Math.fround(magnitude * share);
          expect(Math.abs(round(value) - value)).toBeLessThanOrEqual(unit / 2);
          expect(Number.isInteger(round(value) / unit)).toBe(true);
          // Sums of whole units up to 2^53 units are exact.
          expect((terms * Math.abs(round(magnitude))) / unit).toBeLessThanOrEqual(2 ** 53);
        },
      ),
    );
  });

  it('keeps the whole of every value as long as there are few', () => {
    for (const magnitude of [DENORMAL, 1e-38, 0.1, 1, 1 - 2 ** -24, 2 ** 20, 3.4e38]) {
      const rounder = rounderFor(Math.fround(magnitude), 16);
      expect(Math.fround(magnitude) + rounder - rounder).toBe(Math.fround(magnitude));
    }
  });
});
