// Which checkpoints are kept: the rules one by one, and whatever the list.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEEP_ALL, type Retained, type RetentionPolicy, toDelete } from '../../src/checkpoint/retention.js';

const LOSS = 'loss';
const list = (...steps: number[]): Retained[] => steps.map((step) => ({ step }));
const policy = (changes: Partial<RetentionPolicy>): RetentionPolicy => ({ ...KEEP_ALL, keep: 1, ...changes });

describe('the policy', () => {
  it('keeps the newest, by number and whatever the order', () => {
    expect(toDelete(list(9, 100, 10, 8), policy({ keep: 2 }))).toEqual([9, 8]);
  });

  it('keeps multiples for ever', () => {
    expect(toDelete(list(50, 100, 150, 200, 250), policy({ keepEverySteps: 100 }))).toEqual([150, 50]);
  });

  it('keeps the best, of equally good ones the newest, and never one without the value', () => {
    const some: Retained[] = [
      { step: 1, metrics: { loss: 2 } },
      { step: 2, metrics: { loss: 1, other: 0 } },
      { step: 3, metrics: { loss: 1 } },
      { step: 4, metrics: { other: -5 } },
      { step: 5, metrics: { loss: 3 } },
    ];
    expect(toDelete(some, policy({ keepBest: LOSS }))).toEqual([4, 2, 1]);
  });

  it('keeps none as the best where none has the column', () => {
    expect(toDelete(list(1, 2, 3), policy({ keepBest: LOSS }))).toEqual([2, 1]);
  });

  it('that gives nothing up deletes nothing', () => {
    expect(toDelete(list(1, 2, 3), KEEP_ALL)).toEqual([]);
  });
});

const stored = fc.uniqueArray(
  fc.record({
    step: fc.nat(60),
    metrics: fc.option(fc.record({ loss: fc.integer({ min: -3, max: 3 }) }), { nil: undefined }),
  }),
  { selector: ({ step }) => step, maxLength: 20 },
);
const policies = fc.record({
  keep: fc.integer({ min: 1, max: 5 }),
  keepEverySteps: fc.nat(10),
  keepBest: fc.constantFrom('', LOSS),
});

describe('whatever there is', () => {
  const kept = (all: readonly Retained[], rules: RetentionPolicy): Retained[] => {
    const given = new Set(toDelete(all, rules));
    return all.filter(({ step }) => !given.has(step));
  };
  const lossOf = ({ metrics }: Retained): number => metrics?.[LOSS] ?? Infinity;

  it('what stays is exactly what one of the rules keeps', () => {
    fc.assert(
      fc.property(stored, policies, (all, rules) => {
        const newer = (step: number): number => all.filter((other) => other.step > step).length;
        const lowest = Math.min(...all.map(lossOf));
        for (const one of all) {
          const isNew = newer(one.step) < rules.keep;
          const isMultiple = rules.keepEverySteps > 0 && one.step % rules.keepEverySteps === 0;
          const isBest =
            rules.keepBest !== '' &&
            lossOf(one) === lowest &&
            lowest < Infinity &&
            all.every((other) => lossOf(other) > lowest || other.step <= one.step);
          expect(kept(all, rules).includes(one)).toBe(isNew || isMultiple || isBest);
        }
      }),
    );
  });

  it('the order of the list says nothing, and what stays would stay again', () => {
    fc.assert(
      fc.property(stored, policies, (all, rules) => {
        expect(new Set(toDelete(all.toReversed(), rules))).toEqual(new Set(toDelete(all, rules)));
        expect(toDelete(kept(all, rules), rules)).toEqual([]);
      }),
    );
  });

  it('of a run that saves again and again, the best of all, the newest and the multiples are there at the end', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1 }), policies, (losses, given) => {
        const rules = { ...given, keepBest: LOSS };
        let there: Retained[] = [];
        for (const [index, loss] of losses.entries()) {
          there = kept([...there, { step: index + 1, metrics: { loss } }], rules);
        }
        const steps = there.map(({ step }) => step);
        expect(steps).toContain(losses.lastIndexOf(Math.min(...losses)) + 1);
        for (const step of losses.map((_, index) => index + 1)) {
          if (step > losses.length - rules.keep) expect(steps).toContain(step);
          if (rules.keepEverySteps > 0 && step % rules.keepEverySteps === 0) expect(steps).toContain(step);
        }
        const multiples = rules.keepEverySteps > 0 ? Math.floor(losses.length / rules.keepEverySteps) : 0;
        expect(steps.length).toBeLessThanOrEqual(rules.keep + multiples + 1);
      }),
    );
  });
});
