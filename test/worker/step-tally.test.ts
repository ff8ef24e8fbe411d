// What ranks tell each other of a step: the sum of what each of them writes is the whole, whoever writes what.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StepTally, type TallyShape } from '../../src/worker/step-tally.js';

const SHAPE: TallyShape = {
  ...{ step: 6, batchSize: 12, microBatchSize: 3, trainingRows: 100 },
  ...{ globalLosses: ['loss', 'loss_global'], microBatchLosses: ['loss', 'loss_itm'] },
};
const COUNT = 4;
const ROWS = Array.from({ length: 12 }, (_, position) => 7 * position);
const WITHIN = [0.1, 0.2, 0.3, 0.7].map((loss) => ({ loss, loss_itm: loss / 3 }));

/** What a rank writes that computes these micro-batches; the one that has the first adds the losses over the batch. */
function tallyOf(rank: number, indices: readonly number[]): StepTally {
  const tally = new StepTally(SHAPE);
  if (indices.includes(0)) tally.noteGlobalLosses({ loss: 2, loss_global: 4 });
  for (const index of indices) {
    tally.noteMicroBatch(rank, { index, firstRow: index * 3, rows: ROWS.slice(index * 3, index * 3 + 3) });
    tally.noteLossesWithin(index, WITHIN[index]);
  }
  return tally;
}

function sum(tallies: readonly StepTally[]): StepTally {
  const whole = new StepTally(SHAPE);
  for (const { buffer } of tallies) buffer.forEach((value, at) => (whole.buffer[at] += value));
  return whole;
}

/** Micro-batches of each rank, given the rank of each. */
function byRank(rankOf: readonly number[], world: number): number[][] {
  return Array.from({ length: world }, (_, rank) => rankOf.flatMap((other, index) => (other === rank ? [index] : [])));
}

describe('a tally', () => {
  it('is the same to the bit however micro-batches are shared out, and says who computed what', () => {
    const alone = tallyOf(0, [0, 1, 2, 3]);
    fc.assert(
      fc.property(fc.array(fc.nat(4), { minLength: COUNT, maxLength: COUNT }), (rankOf) => {
        const whole = sum(byRank(rankOf, 5).map((indices, rank) => tallyOf(rank, indices)));
        expect(whole.losses).toEqual(alone.losses);
        expect(whole.account(5)).toEqual({ rows: Uint32Array.from(ROWS), ranks: Uint32Array.from(rankOf) });
      }),
    );
  });

  it('adds losses of the batch and those within micro-batches under their names', () => {
    const { losses } = tallyOf(0, [0, 1, 2, 3]);
    expect(Object.keys(losses)).toEqual(['loss', 'loss_global', 'loss_itm']);
    expect(losses.loss).toBeCloseTo(2 + 1.3, 12);
    expect(losses['loss_itm']).toBeCloseTo(1.3 / 3, 12);
  });

  it('names the micro-batches whose losses or gradients are not finite', () => {
    const broken = tallyOf(1, [1, 2]);
    broken.noteLossesWithin(2, { loss: NaN, loss_itm: Infinity });
    broken.noteNotFinite(1);
    const whole = sum([tallyOf(0, [0, 3]), broken]);
    expect(whole.lossesNotFinite).toEqual([2]);
    expect(whole.gradientsNotFinite).toEqual([1]);
    expect(whole.losses.loss).toBeNaN();
  });
});

describe('an account is refused, since the ranks do not do the same work, where', () => {
  const other = (rows: number[]): StepTally => {
    const tally = tallyOf(1, [1, 2]);
    tally.noteMicroBatch(1, { index: 3, firstRow: 9, rows });
    return tally;
  };
  it.each([
    ['a micro-batch is nobody’s', [tallyOf(0, [0, 1]), tallyOf(1, [3])], 'micro-batch 3 was computed by 0 ranks'],
    ['one is computed twice', [tallyOf(0, [0, 1, 2]), tallyOf(1, [2, 3])], 'micro-batch 3 was computed by 2 ranks'],
    ['a rank is none of the run', [tallyOf(0, [0, 1]), tallyOf(2, [2, 3])], 'micro-batch 3 is of no rank'],
    ['a row does not exist', [tallyOf(0, [0]), other([5, 6, 100])], 'micro-batch 4 has a row 100 that does not'],
    ['a row was left out', [tallyOf(0, [0]), other([5, 6])], 'micro-batch 4 has a row -1 that does not'],
    ['a row is no whole number', [tallyOf(0, [0]), other([5, 6.5, 7])], 'micro-batch 4 has a row 6.5 that does not'],
  ])('%s', (_, tallies, message) => {
    expect(() => sum(tallies).account(2)).toThrow(
      expect.objectContaining({
        code: 'MLIP_E_REDUCE_MISMATCH',
        where: 'step 7',
        message: expect.stringContaining(message) as string,
      }),
    );
  });
});
