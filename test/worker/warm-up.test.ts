/** What is compiled before a worker says that it is ready: everything, and nothing stays of it. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { warmUp } from '../../src/worker/warm-up.js';
import { scriptedCoordinator } from './scripted-coordinator.js';
import { METHOD } from './small-step.js';
import { Conductor, smallGround } from './small-workers.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const EVERY_LOSS = [...METHOD, 'knowledge.enabled=false', 'microBatchSize=4'];

describe.each([
  ['the contrast alone', [], 4],
  ['every loss, with prototypes from the second epoch on and a queue', EVERY_LOSS, 2],
  ['a frozen text encoder', ['model.text.frozen=true'], 4],
])('of %s', (_, settings, count) => {
  it('nothing is left to compile for true steps, and no tensor stays', async () => {
    const ground = await smallGround('loss.prototypes.frozenEpochs=1', ...settings);
    cleanups.push(ground.remove);
    const conductor = new Conductor(ground, await scriptedCoordinator());
    cleanups.push(() => conductor.close());
    const [first, second] = [await conductor.worker(0), await conductor.worker(1)];
    await warmUp(first.parts);
    const before = [tf.memory().numTensors, ground.engine.runtime.tensorCount];
    await warmUp(first.parts);
    expect([tf.memory().numTensors, ground.engine.runtime.tensorCount]).toEqual(before);

    const add = vi.spyOn(ground.engine.runtime.api, 'TFE_ContextAddFunction');
    cleanups.push(() => add.mockRestore());
    // One micro-batch on one rank, the others on the other one; four steps are more than an epoch.
    const boundaries = [0, 1, count];
    await conductor.formed([first, second], { generation: 1, step: 0, boundaries, sources: ['load', 0] });
    for (let applied = 1; applied <= 4; applied++) {
      await conductor.commits([first, second]);
      if (applied < 4) conductor.direct([first, second], applied);
    }
    expect(add).not.toHaveBeenCalled();
  });
});

it('is left out where operations run one by one', async () => {
  const ground = await smallGround('engine.compile=false');
  cleanups.push(ground.remove);
  const conductor = new Conductor(ground, await scriptedCoordinator());
  cleanups.push(() => conductor.close());
  const { parts } = await conductor.worker(0);
  const add = vi.spyOn(ground.engine.runtime.api, 'TFE_ContextAddFunction');
  await warmUp(parts);
  expect(add).not.toHaveBeenCalled();
  add.mockRestore();
});
