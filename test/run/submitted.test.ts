// Runs that are submitted to a store: coordinators take them, and one takes over what another one leaves when it is killed.
import { randomBytes } from 'node:crypto';
import type { ChildProcess } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mlip, type CliResult } from '../cli/run-cli.js';
import { metrics, readRunJson, smallRun, until, type SmallRun } from '../cli/small-run.js';
import { findNatsServer } from '../support/nats-provision.js';
import { startNatsServer, type NatsServer } from '../support/nats-server.js';
import { computedSteps, savedBytes } from './outcome.js';

const STEPS = 60;
const COMMON = ['--steps', String(STEPS), '--set', 'microBatchSize=2', '--set', 'timeouts.leaseMs=3000'];
const env = { MLIP_TOKEN: randomBytes(24).toString('base64url') };

let small: SmallRun;
let nats: NatsServer | undefined;
beforeAll(async () => {
  small = await smallRun();
  const { status, stderr } = await mlip(small.train('quiet', '--workers', '1', ...COMMON, '--json'));
  expect(status, stderr).toBe(0);
  if (findNatsServer() !== undefined) nats = await startNatsServer({ directory: small.path('nats') });
});
afterAll(async () => {
  await nats?.kill();
  small.remove();
});

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(...args: string[]): Promise<CliResult> {
  return mlip(args, { env, onStart: (child) => void children.push(child) });
}

interface ListedEvent {
  kind: string;
  line?: { step: number };
}

async function eventsIn(store: readonly string[], kind: string): Promise<ListedEvent[]> {
  const { stdout } = await start('events', ...store, '--json');
  const lines = stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as ListedEvent).filter((event) => event.kind === kind);
}

async function expectTakenOver(store: string[], name: string): Promise<void> {
  const out = small.path(name);
  const coordinators = [0, 1].map(() => start('coordinator', '--queue', ...store, '--port', '0'));
  const data = ['--data', small.manifest, '--out', out];
  const submitted = await start('submit', small.config, ...data, '--workers', '2', ...COMMON, ...store, '--json');
  expect(submitted.status, submitted.stderr).toBe(0);
  const workers = [0, 1].map(() => start('worker', ...store, '--run', name));

  await until(() => metrics(out).length >= 5, 60_000);
  const { pid } = readRunJson(out).coordinator;
  const killedAtMs = performance.now();
  process.kill(pid, 'SIGKILL');
  await until(() => readRunJson(out).coordinator.pid !== pid, 60_000);
  const { length } = metrics(out);
  await until(() => metrics(out).length > length, 60_000);
  const seconds = (performance.now() - killedAtMs) / 1000;

  const endings = await Promise.all(workers);
  expect(
    endings.map(({ status }) => status),
    endings[0].stderr,
  ).toEqual([0, 0]);
  expect(computedSteps(out)).toEqual(computedSteps(small.path('quiet')));
  expect(savedBytes(out, STEPS)).toEqual(savedBytes(small.path('quiet'), STEPS));
  expect(JSON.parse((await mlip(['audit', out, '--json'])).stdout)).toMatchObject({ steps: STEPS, problemCount: 0 });
  const applied = await eventsIn(store, 'step');
  // Events that were on their way to the store went with the coordinator.
  expect(new Set(applied.map(({ line }) => line?.step)).size).toBeGreaterThanOrEqual(STEPS - 10);
  // Three missed renewals, the wait for the item, and the search of the workers.
  expect(seconds).toBeLessThan(30);

  for (const child of children) child.kill('SIGTERM');
  const statuses = (await Promise.all(coordinators)).map(({ status }) => status);
  expect(statuses.sort()).toEqual([0, null]);
}

describe('a submitted run whose coordinator is killed is taken over by another one, with the bits of a quiet run', () => {
  it('with a directory as the store', () => expectTakenOver(['--store', small.path('store')], 'by-directory'), 180_000);

  it('with NATS as the store', async ({ skip }) => {
    if (nats === undefined) return skip('there is no nats-server');
    await expectTakenOver(['--nats', nats.address], 'by-nats');
  }, 180_000);
});

it('one coordinator takes several runs, one after the other, which all have the token of its environment', async () => {
  const store = ['--store', small.path('several')];
  const coordinator = start('coordinator', '--queue', ...store, '--port', '0');
  for (const name of ['first', 'second']) {
    const data = ['--data', small.manifest, '--out', small.path(name), '--workers', '1', '--steps', '2'];
    const submitted = await start('submit', small.config, ...data, ...store);
    expect(submitted.status, submitted.stderr).toBe(0);
    const worker = await start('worker', ...store, '--run', name);
    expect(worker.status, worker.stderr).toBe(0);
    expect(metrics(small.path(name))).toHaveLength(2);
  }
  while ((await eventsIn(store, 'finished')).length < 2);
  for (const child of children) child.kill('SIGTERM');
  expect((await coordinator).status).toBe(0);
}, 120_000);

it('a run that was stopped goes on where it is submitted again to be resumed', async () => {
  const [store, out] = [['--store', small.path('resumed-store')], small.path('resumed')];
  const coordinator = start('coordinator', '--queue', ...store, '--port', '0');
  const submit = async (...more: string[]): Promise<void> => {
    const args = ['--data', small.manifest, '--out', out, '--workers', '1', ...COMMON, ...store, ...more];
    const submitted = await start('submit', small.config, ...args);
    expect(submitted.status, submitted.stderr).toBe(0);
  };
  await submit();
  const worker = start('worker', ...store, '--run', 'resumed');
  await until(() => metrics(out).length >= 5, 60_000);
  const stopped = await start('stop', ...store, '--run', 'resumed');
  expect(stopped.status, stopped.stderr).toBe(0);
  expect((await worker).status).toBe(0);
  const { length } = metrics(out);
  expect(length).toBeLessThan(STEPS);
  await submit('--resume');
  const again = await start('worker', ...store, '--run', 'resumed');
  expect(again.status, again.stderr).toBe(0);
  expect(computedSteps(out)).toEqual(computedSteps(small.path('quiet')));
  expect(savedBytes(out, STEPS)).toEqual(savedBytes(small.path('quiet'), STEPS));
  for (const child of children) child.kill('SIGTERM');
  expect((await coordinator).status).toBe(0);
}, 120_000);
