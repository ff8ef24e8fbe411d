// Who computes which micro-batch changes nothing: not the state, not what is reported of the step.
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/schema.js';
import type { Share } from '../../src/core/plan.js';
import { loadEngine } from '../../src/engine/load.js';
import { ReproducibleSum } from '../../src/worker/reproducible-sum.js';
import type { StepResult } from '../../src/worker/step-parts.js';
import { severalRanks, sharesOf, type SeveralRanks } from './several-ranks.js';
import { METHOD, noiseBatches, smallConfig, stateValues } from './small-step.js';

beforeAll(() => loadEngine({ device: 'cpu', threads: 1 }));

const STEPS = 3;

/** Four micro-batches a step. Prototypes train from the third step on. */
function configWith(reduction: string): Config {
  const settings = ['microBatchSize=4', 'batchSize=16', 'loss.prototypes.queue=10', `reduction=${reduction}`];
  return smallConfig(...METHOD, ...settings);
}

interface Outcome {
  results: StepResult[][];
  states: ReturnType<typeof stateValues>[];
}

let open: SeveralRanks[] = [];
afterEach(async () => {
  await Promise.all(open.map((ranks) => ranks.close()));
  open = [];
});

async function train(config: Config, shares: (step: number) => Share[]): Promise<Outcome> {
  const several = await severalRanks(config, shares(0).length, 'executor');
  open.push(several);
  const results: StepResult[][] = [];
  for (let step = 0; step < STEPS; step++) results.push(await several.train(step, shares(step)));
  return { results, states: several.ranks.map(({ state, parts }) => stateValues(state, parts.engine)) };
}

describe.each(['double', 'reproducible'])(
  'micro-batches shared out differently, with sums that are %s,',
  (reduction) => {
    const config = configWith(reduction);

    it('give every rank the same state, losses and norms, also a rank that has none of them', async () => {
      const alone = await train(config, () => sharesOf(4));
      for (const shares of [sharesOf(3, 1), sharesOf(2, 0, 2), sharesOf(1, 1, 1, 1, 0)]) {
        const { results, states } = await train(config, () => shares);
        for (const state of states) expect(state).toEqual(alone.states[0]);
        results.forEach((ofRanks, step) => {
          const [{ account: _, ...expected }] = alone.results[step];
          for (const { account: _own, ...found } of ofRanks) expect(found).toEqual(expected);
        });
      }
    }, 120_000);

    it('may change from step to step', async () => {
      const alone = await train(config, () => sharesOf(4));
      const turns = [sharesOf(0, 3, 1), sharesOf(4, 0, 0), sharesOf(1, 1, 2)];
      const { results, states } = await train(config, (step) => turns[step]);
      for (const state of states) expect(state).toEqual(alone.states[0]);
      expect(results.map(([{ account }]) => Array.from(account.ranks))).toEqual([
        [1, 1, 1, 2],
        [0, 0, 0, 0],
        [0, 1, 2, 2],
      ]);
    }, 120_000);

    it('are told of alike: every rank knows which row was used where, and who computed it', async () => {
      const { results } = await train(config, () => sharesOf(1, 0, 3));
      results.forEach((ofRanks, step) => {
        const rows = noiseBatches(config, step).microBatches.flatMap((batch) => Array.from(batch.rows));
        for (const { account } of ofRanks) {
          expect(Array.from(account.rows)).toEqual(rows);
          expect(Array.from(account.ranks)).toEqual([0, 2, 2, 2]);
        }
      });
    });
  },
);

it('sums in a common unit are made where the configuration asks for them, and are as good as those in double', async () => {
  const [double, reproducible] = [configWith('double'), configWith('reproducible')];
  const several = await severalRanks(reproducible, 1, 'executor');
  open.push(several);
  for (const sum of Object.values(several.ranks[0].parts.sums)) expect(sum).toBeInstanceOf(ReproducibleSum);
  const [found, expected] = [
    await train(reproducible, () => sharesOf(2, 2)),
    await train(double, () => sharesOf(2, 2)),
  ];
  found.results.forEach(([{ whole }], step) => {
    expect(Math.abs(whole.loss / expected.results[step][0].whole.loss - 1)).toBeLessThan(1e-5);
  });
});
