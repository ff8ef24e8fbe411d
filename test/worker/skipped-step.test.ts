// A loss or a gradient that is not finite: the step is skipped on all ranks alike, and the rows to blame are named.
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PairKnowledge } from '../../src/worker/micro-batch-tensors.js';
import type { Passes } from '../../src/worker/passes.js';
import type { StepResult } from '../../src/worker/step-parts.js';
import { trainStep } from '../../src/worker/train-step.js';
import { severalRanks, sharesOf } from './several-ranks.js';
import { begunAnew, METHOD, noiseBatches, smallConfig, smallStep, stateValues, type SmallStep } from './small-step.js';

// Four micro-batches.
const config = smallConfig(...METHOD, 'batchSize=16', 'loss.prototypes.queue=20', 'loss.prototypes.frozenEpochs=0');

let like: SmallStep;
beforeAll(async () => {
  like = await smallStep(config);
  await takeStep(begunAnew(like), 0);
});

/** Rows of micro-batches of a step. */
function rowsOf(step: number, ...indices: number[]): number[] {
  const { microBatches } = noiseBatches(config, step);
  return indices.flatMap((index) => Array.from(microBatches[index].rows));
}

/** Knowledge in which rows of a step's micro-batch, and no others, are linked to a concept whose embedding is broken. */
function brokenKnowledge(step: number, index: number): PairKnowledge {
  const { knowledge } = like.parts;
  const others = rowsOf(step, ...[0, 1, 2, 3].filter((other) => other !== index));
  const rows = rowsOf(step, index).filter((row) => !others.includes(row));
  const { shape, data } = knowledge.vectors!;
  const broken = data.slice();
  broken.fill(NaN, data.length - shape[1]);
  const concept = shape[0] - 1;
  const factsOf: PairKnowledge['factsOf'] = (row) => {
    const links = rows.includes(row) ? [{ word: 0, concept, negated: false }] : [];
    return { ...knowledge.factsOf(row), links };
  };
  return { factsOf, vectors: { shape, data: broken } };
}

function takeStep({ parts, state }: SmallStep, step: number, changes = {}): Promise<StepResult> {
  return trainStep({ ...parts, ...changes }, state, noiseBatches(config, step));
}

/** Passes whose n-th backward pass of the image encoder gives infinite gradients. */
function explodingPasses(passes: Passes, nth: number): Passes {
  let calls = 0;
  const vision: Passes['encoders']['vision'] = async (...args) => {
    const { residuals, ...rest } = await passes.encoders.vision(...args);
    const backward: typeof residuals.backward = async (gradients) => {
      const found = await residuals.backward(gradients);
      if (++calls !== nth) return found;
      return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, tf.div(value, 0)]));
    };
    return { ...rest, residuals: { ...residuals, backward } };
  };
  return { ...passes, encoders: { ...passes.encoders, vision } };
}

describe('a step whose loss is not a number', () => {
  it('changes nothing but the number of steps, and names the rows of the micro-batch that it came from', async () => {
    const small = begunAnew(like);
    const { parts, state } = small;
    await takeStep(small, 0);
    const before = stateValues(state, parts.engine);
    const tensors = tf.memory().numTensors;
    const knowledge = brokenKnowledge(1, 2);
    const { skipped, whole, account } = await takeStep(small, 1, { knowledge });
    expect(skipped).toEqual({ reason: 'the loss of step 2 is NaN', rows: Uint32Array.from(rowsOf(1, 2)) });
    expect([whole.loss, whole['loss_prototype']]).toEqual([NaN, NaN]);
    expect(Array.from(account.rows)).toEqual(rowsOf(1, 0, 1, 2, 3));
    expect(stateValues(state, parts.engine)).toEqual(before);
    expect([state.step, state.whole, tf.memory().numTensors]).toEqual([2, true, tensors]);
  });

  it('blames all rows where the parameters are at fault', async () => {
    const small = begunAnew(like);
    const { shape } = small.state.parameters['head.vision.3.weight'];
    small.state.parameters['head.vision.3.weight'] = tf.fill(shape, NaN);
    const { skipped } = await takeStep(small, 0);
    expect(Array.from(skipped!.rows)).toEqual(rowsOf(0, 0, 1, 2, 3));
  });

  it('is skipped on all ranks alike, whoever computed what is to blame', async () => {
    const several = await severalRanks(config, 3, 'executor');
    const [{ parts }] = several.ranks;
    await several.train(0, sharesOf(2, 1, 1));
    const before = stateValues(several.ranks[0].state, parts.engine);
    const knowledge = brokenKnowledge(1, 1);
    const results = await several.train(1, sharesOf(2, 2, 0), { knowledge });
    for (const result of results) expect(result).toEqual(results[0]);
    expect(Array.from(results[2].skipped!.rows)).toEqual(rowsOf(1, 1));
    for (const { state } of several.ranks) {
      expect(stateValues(state, parts.engine)).toEqual(before);
      expect(state.step).toBe(2);
    }
    const [next] = await several.train(2, sharesOf(1, 1, 2));
    expect(next.skipped).toBeUndefined();
    await several.close();
  }, 120_000);
});

describe('a step whose gradients are infinite', () => {
  it('is skipped, and names the rows of the micro-batch that they came from', async () => {
    const small = begunAnew(like);
    const before = stateValues(small.state, small.parts.engine);
    const { skipped, whole, gradNorm } = await takeStep(small, 0, { passes: explodingPasses(small.parts.passes, 3) });
    expect(skipped!.reason).toMatch(/^the gradient norm of step 1 is (NaN|Infinity)$/);
    expect(Array.from(skipped!.rows)).toEqual(rowsOf(0, 2));
    expect([Number.isFinite(whole.loss), Number.isFinite(gradNorm)]).toEqual([true, false]);
    expect(stateValues(small.state, small.parts.engine)).toEqual(before);
  });

  it('names all rows where there is one micro-batch', async () => {
    const whole = smallConfig(...METHOD, 'microBatchSize=8');
    const small = await smallStep(whole);
    const passes = explodingPasses(small.parts.passes, 1);
    const batches = noiseBatches(whole, 0);
    const { skipped } = await trainStep({ ...small.parts, passes }, small.state, batches);
    expect(Array.from(skipped!.rows)).toEqual(Array.from(batches.microBatches[0].rows));
  });
});

describe('after a skipped step', () => {
  it('a run goes on as one that is resumed from its state', async () => {
    const small = begunAnew(like);
    await takeStep(small, 0);
    await takeStep(small, 1, { knowledge: brokenKnowledge(1, 0) });
    const resumed = begunAnew(like);
    await takeStep(resumed, 0);
    resumed.state.step = 2;
    expect(await takeStep(small, 2)).toEqual(await takeStep(resumed, 2));
    const [found, expected] = [small, resumed].map(({ state, parts }) => stateValues(state, parts.engine));
    expect(found).toEqual(expected);
  });

  it('the queue of the prototypes is used when it is full, not when it would have been', async () => {
    const small = begunAnew(like);
    const queues: boolean[] = [];
    const { passes } = small.parts;
    const watched: Passes = {
      ...passes,
      globalLosses: (inputs) => {
        queues.push('vision' in inputs.queues);
        return passes.globalLosses(inputs);
      },
    };
    const knowledge = brokenKnowledge(1, 0);
    for (let step = 0; step < 4; step++) {
      await takeStep(small, step, { passes: watched, ...(step === 1 && { knowledge }) });
    }
    // Of 20 rows a step gives 16; the second one is skipped.
    expect(queues).toEqual([false, false, false, true]);
  });
});
