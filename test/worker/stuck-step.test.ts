/** A step that hangs, as in a device that does not answer, though its generation is over: the worker is beyond help, and says so. */
import { afterEach, expect, it } from 'vitest';
import { Overdue } from '../../src/metrics/overdue.js';
import { scriptedCoordinator } from './scripted-coordinator.js';
import { Conductor, smallGround } from './small-workers.js';
import { watchedPasses } from './watched-passes.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

it('is trouble once the time of a step has gone by after the end of its generation, and none after it has ended', async () => {
  const ground = await smallGround();
  cleanups.push(ground.remove);
  const conductor = new Conductor(ground, await scriptedCoordinator());
  cleanups.push(() => conductor.close());
  let nowMs = 0;
  const overdue = new Overdue(() => nowMs);
  const [hanging, inPass] = [gate(), gate()];
  const passes = watchedPasses(ground.passes, (pass) => {
    if (pass !== 'globalLosses') return undefined;
    inPass.open();
    return hanging.opened;
  });
  const worker = await conductor.worker(0, { passes, overdue });
  await conductor.formed([worker], { generation: 1, step: 0, boundaries: [0, 4], sources: ['load'] });
  await inPass.opened;
  nowMs += 10 * ground.config.timeouts.stepMs;
  expect(overdue.trouble()).toBeNull();
  const heard = worker.untilHalt();
  conductor.halt([worker], 2);
  await heard;
  expect(overdue.trouble()).toBeNull();
  nowMs += ground.config.timeouts.stepMs + 1;
  expect(overdue.trouble()).toMatch(/^generation 1 has been over for \d+ s and does not end$/);
  hanging.open();
  expect(await conductor.holdings([worker])).toEqual([0]);
  expect(overdue.trouble()).toBeNull();
});
