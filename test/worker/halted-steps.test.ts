/** A halt in any pass of a step: the step is redone, and state, results and memory are as if nothing had happened. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { sameBits } from '../collectives/rings.js';
import { scriptedCoordinator } from './scripted-coordinator.js';
import { METHOD, stateValues } from './small-step.js';
import { Conductor, smallGround, type Ground, type SmallWorker } from './small-workers.js';
import { watchedPasses } from './watched-passes.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function conducting(ground: Ground): Promise<Conductor> {
  const conductor = new Conductor(ground, await scriptedCoordinator());
  cleanups.push(() => conductor.close());
  return conductor;
}

function valuesOf({ parts }: SmallWorker): Map<string, Float32Array> {
  return stateValues(parts.state!, parts.engine);
}

/** The states after 1 and 2 steps of two workers to whom nothing happens. */
async function quietStates(ground: Ground, boundaries: number[]): Promise<Map<string, Float32Array>[]> {
  const conductor = await conducting(ground);
  const two = [await conductor.worker(0), await conductor.worker(1)];
  await conductor.formed(two, { generation: 1, step: 0, boundaries, sources: ['load', 0] });
  await conductor.commits(two);
  const first = valuesOf(two[0]);
  conductor.direct(two, 1);
  await conductor.commits(two);
  return [first, valuesOf(two[0])];
}

const METHOD_WITHOUT_KNOWLEDGE = [...METHOD, 'knowledge.enabled=false', 'loss.prototypes.frozenEpochs=0'];

describe.each([
  ['several micro-batches a rank, of the contrast alone', [], [0, 2, 4]],
  ['one micro-batch a rank, of every loss', [...METHOD_WITHOUT_KNOWLEDGE, 'microBatchSize=4'], [0, 1, 2]],
])('with %s', (_, settings, boundaries) => {
  it('a step that is halted in any pass is redone from the newest state, which those behind copy', async () => {
    const ground = await smallGround(...settings);
    cleanups.push(ground.remove);
    const quiet = await quietStates(ground, boundaries);
    const conductor = await conducting(ground);
    let [calls, nth] = [0, 0];
    let held: (() => Promise<void>) | undefined;
    const passes = watchedPasses(ground.passes, () => (++calls === nth ? held?.() : undefined));
    const two = [await conductor.worker(0), await conductor.worker(1, { passes })];
    let generation = 1;
    await conductor.formed(two, { generation, step: 0, boundaries, sources: ['load', 0] });
    await conductor.commits(two);
    const inStep = calls;
    expect(inStep).toBeGreaterThan(8);
    const outcomes: number[][] = [];
    const memory: number[][] = [];
    for (nth = 1; nth <= inStep; nth++) {
      conductor.halt(two, ++generation);
      await conductor.holdings(two);
      memory.push([tf.memory().numTensors, ground.engine.runtime.tensorCount]);
      // From the beginning again; the second worker stands still in a pass until both have heard of the halt.
      held = async () => {
        const heard = Promise.all(two.map((each) => each.untilHalt()));
        conductor.halt(two, generation + 1);
        await heard;
      };
      calls = 0;
      conductor.form(two, { generation, step: 0, boundaries, sources: ['load', 0] });
      const steps = await conductor.holdings(two);
      outcomes.push(steps);
      const top = Math.max(...steps);
      const sources = steps.map((own) => (own === top ? 'keep' : steps.indexOf(top)));
      [calls, held] = [0, undefined];
      await conductor.formed(two, { generation: ++generation, step: top, boundaries, sources });
      await conductor.commits(two);
      for (const each of two) {
        expect(each.parts.state!.step).toBe(top + 1);
        for (const [name, data] of valuesOf(each)) expect(sameBits(data, quiet[top].get(name)!), name).toBe(true);
      }
    }
    expect(outcomes[0]).toEqual([0, 0]);
    expect(outcomes.at(-1)![1]).toBe(1);
    expect(new Set(memory.map((counts) => counts.join())).size).toBe(1);
  });
});
