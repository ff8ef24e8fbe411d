// A run that is paused, drained and scaled on its way computes what one computes that is left alone.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mlip } from '../cli/run-cli.js';
import { isAlive, metrics, pidsOf, smallRun, until, untilStep, type SmallRun } from '../cli/small-run.js';
import { computedSteps, savedBytes } from './outcome.js';

const STEPS = 120;
const SETTINGS = [
  'microBatchSize=2',
  'model.vision.dropout=0.1',
  'checkpoint.everySteps=50',
  'elastic.rebalanceSteps=10',
];

let small: SmallRun;
beforeAll(async () => {
  small = await smallRun();
  const { status, stderr } = await mlip(train('quiet'));
  expect(status, stderr).toBe(0);
});
afterAll(() => small.remove());

function train(out: string): string[] {
  const settings = SETTINGS.flatMap((setting) => ['--set', setting]);
  return small.train(out, '--steps', String(STEPS), '--workers', '3', ...settings, '--json');
}

it('has the losses and weights of a quiet one to the bit, and its ledger shows each step once', async () => {
  const out = small.path('disturbed');
  // A paused run must not be taken for one that waits in vain.
  const ending = mlip([...train('disturbed'), '--set', 'elastic.rejoinMs=1000', '--set', 'timeouts.stepMs=3000']);
  const order = async (...args: string[]): Promise<void> => {
    const { status, stderr } = await mlip([...args, out]);
    expect(status, stderr).toBe(0);
  };
  const run = await untilStep(out, 3);
  await order('pause');
  await until(() => readFileSync(join(out, 'events.jsonl'), 'utf8').includes('"kind":"paused"'));
  const paused = metrics(out).length;
  await sleep(6_000);
  expect(metrics(out)).toHaveLength(paused);
  expect(paused).toBeLessThan(STEPS);
  await order('resume');
  await untilStep(out, paused + 3);
  await order('drain', '1');
  await until(() => !isAlive(run.workers[1].pid));
  const { status, stderr } = await ending;
  expect(status, stderr).toBe(0);
  await until(() => !pidsOf(run).some(isAlive));
  expect(computedSteps(out)).toEqual(computedSteps(small.path('quiet')));
  expect(savedBytes(out, STEPS)).toEqual(savedBytes(small.path('quiet'), STEPS));
  const audit = await mlip(['audit', out, '--json']);
  expect(JSON.parse(audit.stdout)).toMatchObject({ steps: STEPS, problemCount: 0 });
}, 120_000);
