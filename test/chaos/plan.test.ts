// The plan of disturbances: a function of the seed, in which everything that can happen happens, and in time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALL_KINDS, factsOf, happensWith, type StoreKind } from '../../bench/chaos/kinds.js';
import { planDisturbances } from '../../bench/chaos/plan.js';

const store = fc.constantFrom<StoreKind>('alone', 'directory', 'nats');
const seed = fc.nat(1_000_000);
const options = fc.record({
  seed,
  store,
  steps: fc.integer({ min: 20, max: 200 }),
  count: fc.integer({ min: 1, max: 80 }),
});

describe('a plan of disturbances', () => {
  it('is the same for the same seed, and another one for another', () => {
    fc.assert(fc.property(options, (given) => void expect(planDisturbances(given)).toEqual(planDisturbances(given))));
    const of = (own: number) => planDisturbances({ seed: own, steps: 60, count: 28, store: 'nats' });
    expect(of(1)).not.toEqual(of(2));
  });

  it('has as many as asked for, in order, all of them before the last steps', () => {
    fc.assert(
      fc.property(options, (given) => {
        const plan = planDisturbances(given);
        expect(plan).toHaveLength(given.count);
        const steps = plan.map(({ afterStep }) => afterStep);
        expect(steps).toEqual(steps.toSorted((a, b) => a - b));
        expect(steps[0]).toBeGreaterThanOrEqual(1);
        expect(steps.at(-1)).toBeLessThanOrEqual(given.steps * 0.8 + 1);
      }),
    );
  });

  it('has nothing that cannot happen with the store, and everything that can before anything twice', () => {
    fc.assert(
      fc.property(seed, store, (own, kind) => {
        const possible = ALL_KINDS.filter((each) => happensWith(each, kind));
        const plan = planDisturbances({ seed: own, store: kind, steps: 60, count: 60 });
        expect(new Set(plan.slice(0, possible.length).map((each) => each.kind))).toEqual(new Set(possible));
        expect(plan.every((each) => possible.includes(each.kind))).toBe(true);
      }),
    );
  });

  it('lets each last as long as its kind does', () => {
    for (const { kind, lastsMs, target, delayMs } of planDisturbances({
      seed: 3,
      steps: 60,
      count: 200,
      store: 'nats',
    })) {
      const [shortest, longest] = factsOf(kind).lastsMs;
      expect(lastsMs).toBeGreaterThanOrEqual(shortest);
      expect(lastsMs).toBeLessThanOrEqual(longest);
      expect(target >= 0 && target < 1 && delayMs >= 0).toBe(true);
    }
  });

  it('is drawn from the kinds that were asked for', () => {
    const plan = planDisturbances({ seed: 1, steps: 60, count: 9, store: 'alone', kinds: ['killWorker', 'killStore'] });
    expect(new Set(plan.map(({ kind }) => kind))).toEqual(new Set(['killWorker']));
    expect(() => planDisturbances({ seed: 1, steps: 60, count: 1, store: 'alone', kinds: ['killStore'] })).toThrow(
      'no kind of disturbance',
    );
  });
});
