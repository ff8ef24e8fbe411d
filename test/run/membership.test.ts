// Workers that come and go while a run goes on, as pods do: the coordinator and each worker are commands of their own.
import { randomBytes } from 'node:crypto';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mlip, type CliResult } from '../cli/run-cli.js';
import { metrics, smallRun, until, type SmallRun } from '../cli/small-run.js';
import type { MetricsLine } from '../../src/rpc/run-events.js';
import { computedSteps, savedBytes } from './outcome.js';

/** Several times as many as pass while a worker starts. */
const STEPS = 200;
const SETTINGS = ['microBatchSize=2', 'timeouts.heartbeatMs=500', 'checkpoint.everySteps=0', 'elastic.graceMs=20000'];
const COMMON = ['--steps', String(STEPS), ...SETTINGS.flatMap((setting) => ['--set', setting])];
const env = { MLIP_TOKEN: randomBytes(24).toString('base64url') };

let small: SmallRun;
beforeAll(async () => {
  small = await smallRun();
  const { status, stderr } = await mlip(small.train('quiet', '--workers', '1', ...COMMON, '--json'));
  expect(status, stderr).toBe(0);
});
afterAll(() => small.remove());

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Started {
  child: ChildProcess;
  ended: Promise<CliResult>;
}

function start(...args: string[]): Started {
  let child: ChildProcess;
  const onStart = (started: ChildProcess): void => void children.push((child = started));
  const ended = mlip(args, { env, onStart });
  return { child: child!, ended };
}

async function startCoordinator(out: string, workers: number): Promise<Started & { address: string }> {
  const folder = small.path(out);
  const data = ['--data', small.manifest, '--out', folder, '--port', '0'];
  const started = start('coordinator', small.config, ...data, '--workers', String(workers), ...COMMON);
  await until(() => existsSync(join(folder, 'run.json')));
  const { coordinator } = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as {
    coordinator: { address: string };
  };
  return { ...started, address: coordinator.address };
}

const startWorker = (address: string): Started => start('worker', '--coordinator', address);

function newest(out: string): MetricsLine | undefined {
  const line = metrics(small.path(out)).at(-1);
  return line === undefined ? undefined : (JSON.parse(line) as MetricsLine);
}

async function expectQuiet(out: string): Promise<void> {
  expect(computedSteps(small.path(out))).toEqual(computedSteps(small.path('quiet')));
  expect(savedBytes(small.path(out), STEPS)).toEqual(savedBytes(small.path('quiet'), STEPS));
  const audit = await mlip(['audit', small.path(out), '--json']);
  expect(JSON.parse(audit.stdout)).toMatchObject({ steps: STEPS, problemCount: 0 });
}

describe('a run has the bits of a quiet one', () => {
  it('when a worker joins in its middle and another one is told to go, which ends with status 75', async () => {
    const coordinator = await startCoordinator('changing', 2);
    const first = [startWorker(coordinator.address), startWorker(coordinator.address)];
    await until(() => (newest('changing')?.step ?? 0) >= 5, 60_000);
    const joiner = startWorker(coordinator.address);
    await until(() => newest('changing')?.world === 3, 60_000);
    first[0].child.kill('SIGTERM');
    const left = await first[0].ended;
    expect(left.status, left.stderr).toBe(75);
    expect(left.stderr).toContain('told to go: asking to be let off');
    const ended = await coordinator.ended;
    expect(ended.status, ended.stderr).toBe(0);
    for (const { ended: worker } of [first[1], joiner]) expect((await worker).status).toBe(0);
    const worlds = metrics(small.path('changing')).map((line) => (JSON.parse(line) as MetricsLine).world);
    expect(worlds.filter((world, at) => world !== worlds[at - 1])).toEqual([2, 3, 2]);
    await expectQuiet('changing');
  }, 180_000);

  it('when its last worker is told to go, which saves and ends with status 75, and another one comes later', async () => {
    const coordinator = await startCoordinator('empty', 1);
    const only = startWorker(coordinator.address);
    await until(() => (newest('empty')?.step ?? 0) >= 5, 60_000);
    only.child.kill('SIGTERM');
    const left = await only.ended;
    expect(left.status, left.stderr).toBe(75);
    const { step } = newest('empty')!;
    expect(existsSync(small.path('empty', 'checkpoints', `step-${step}`))).toBe(true);
    const next = startWorker(coordinator.address);
    expect((await coordinator.ended).status).toBe(0);
    expect((await next.ended).status).toBe(0);
    await expectQuiet('empty');
  }, 180_000);
});
