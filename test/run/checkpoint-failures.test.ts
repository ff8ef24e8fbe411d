// A checkpoint that cannot be written stops no training, and an operator hears of it wherever one may look.
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mlip } from '../cli/run-cli.js';
import { metrics, readRunJson, smallRun, until, untilStep, type SmallRun } from '../cli/small-run.js';
import { holdPorts, release } from './ports.js';

const STEPS = 200;
const env = { MLIP_TOKEN: randomBytes(24).toString('base64url') };

let small: SmallRun;
beforeAll(async () => {
  small = await smallRun();
});
afterAll(() => small.remove());

async function freePort(): Promise<number> {
  const { first, servers } = await holdPorts(1);
  await release(servers);
  return first;
}

it('a disk that is full for a while: log, events and metrics say so, and the run goes on', async () => {
  const [out, store, port] = [small.path('full'), small.path('store'), await freePort()];
  const settings = ['--steps', String(STEPS), '--set', 'checkpoint.everySteps=5', '--workers', '1'];
  const where = [
    '--data',
    small.manifest,
    '--out',
    out,
    '--port',
    '0',
    '--store',
    store,
    '--metrics-port',
    String(port),
  ];
  const coordinator = mlip(['coordinator', small.config, ...where, ...settings], { env });
  await until(() => existsSync(small.path('full', 'run.json')));
  // No directory can be made in its place.
  writeFileSync(small.path('full', 'checkpoints'), '');
  const worker = mlip(['worker', '--coordinator', readRunJson(out).coordinator.address], { env });
  await untilStep(out, 12);
  const counted = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  rmSync(small.path('full', 'checkpoints'));
  const { status, stderr } = await coordinator;
  expect(status, stderr).toBe(0);
  expect((await worker).status).toBe(0);
  expect(metrics(out)).toHaveLength(STEPS);
  expect(existsSync(small.path('full', 'checkpoints', `step-${STEPS}`))).toBe(true);
  expect(counted).toMatch(/^mlip_checkpoint_failures_total\{.*\} [1-9]/m);
  expect(stderr).toMatch(/error coordinator: worker 0: no checkpoint of step 5: .*MLIP_E_OUT_WRITE/);
  const events = await mlip(['events', '--store', store]);
  expect(events.stdout).toMatch(/ saveFailed {2}worker=0 {2}step=5 {2}code=MLIP_E_OUT_WRITE/);
}, 120_000);

it('a last checkpoint that cannot be written fails the run', async () => {
  const settings = ['--steps', '3', '--set', 'elastic.rejoinMs=1000', '--workers', '1'];
  const run = mlip(small.train('never', ...settings), { env });
  await until(() => existsSync(small.path('never', 'run.json')));
  writeFileSync(small.path('never', 'checkpoints'), '');
  const { status, stderr } = await run;
  expect(status, stderr).toBe(4);
  expect(stderr).toMatch(
    /^error MLIP_E_OUT_WRITE: cannot write the checkpoint of step 3: .*\n {2}where: {2}worker 0, /m,
  );
}, 60_000);
