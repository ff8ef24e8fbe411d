// The coordinator is gone for good, perhaps with a worker: what the others hold is saved, and nothing is lost or done twice.
import { randomBytes } from 'node:crypto';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mlip, type CliResult } from '../cli/run-cli.js';
import { isAlive, metrics, pidsOf, smallRun, until, untilStep, type RunJson, type SmallRun } from '../cli/small-run.js';
import { computedSteps, savedBytes } from './outcome.js';

/** Enough for a run to be met in its middle. */
const STEPS = 120;
const SETTINGS = [
  ...['microBatchSize=2', 'data.resize=40', 'model.vision.dropout=0.1', 'checkpoint.everySteps=0'],
  ...['timeouts.heartbeatMs=500', 'timeouts.reconnectMs=4000', 'elastic.graceMs=10000'],
];
const COMMON = ['--steps', String(STEPS), ...SETTINGS.flatMap((setting) => ['--set', setting])];
const env = { MLIP_TOKEN: randomBytes(24).toString('base64url') };

let small: SmallRun;
beforeAll(async () => {
  small = await smallRun();
  const { status, stderr } = await mlip(small.train('quiet', '--workers', '3', ...COMMON, '--json'));
  expect(status, stderr).toBe(0);
});
afterAll(() => small.remove());

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const kill = (pid: number): boolean => process.kill(pid, 'SIGKILL');

function savedSteps(out: string): number[] {
  const folder = join(out, 'checkpoints');
  return existsSync(folder) ? readdirSync(folder).map((name) => Number(/^step-(\d+)$/.exec(name)?.[1])) : [];
}

/** The only checkpoint is of the last step that anybody applied; its coordinator may not have heard of that one. */
function expectSaved(out: string): void {
  const recorded = metrics(out).length;
  expect(savedSteps(out)).toHaveLength(1);
  expect([recorded, recorded + 1]).toContain(savedSteps(out)[0]);
}

async function expectQuiet(out: string): Promise<void> {
  expect(computedSteps(out)).toEqual(computedSteps(small.path('quiet')));
  expect(savedBytes(out, STEPS)).toEqual(savedBytes(small.path('quiet'), STEPS));
  const audit = await mlip(['audit', out, '--json']);
  expect(JSON.parse(audit.stdout)).toMatchObject({ steps: STEPS, problemCount: 0 });
}

describe('a run on one machine whose coordinator is not started again', () => {
  it.each<{ name: string; deed: (run: RunJson) => void }>([
    { name: 'is saved by its workers', deed: ({ coordinator }) => kill(coordinator.pid) },
    {
      name: 'is saved by the others where its first worker dies with it',
      deed: ({ coordinator, workers }) => [kill(workers[0].pid), kill(coordinator.pid)],
    },
  ])(
    '$name, and goes on from there',
    async ({ name, deed }) => {
      const out = small.path(name);
      const ending = mlip(small.train(name, '--workers', '3', '--max-restarts', '0', ...COMMON));
      const run = await untilStep(out, 5);
      deed(run);
      const { status, stderr } = await ending;
      expect(status, stderr).toBe(5);
      expect(stderr).toContain('error MLIP_E_COORDINATOR_LOST: coordinator was ended by SIGKILL');
      expect(stderr).toContain(`mlip train --resume --out "${out}"`);
      expect(pidsOf(run).filter(isAlive)).toEqual([]);
      expectSaved(out);
      const resumed = await mlip(['train', '--resume', '--out', out, '--json']);
      expect(resumed.status, resumed.stderr).toBe(0);
      await expectQuiet(out);
    },
    180_000,
  );
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

async function startCoordinator(out: string): Promise<Started & { address: string }> {
  const before = existsSync(join(out, 'run.json')) ? readFileSync(join(out, 'run.json'), 'utf8') : '';
  const started = start(
    ...[
      'coordinator',
      small.config,
      '--data',
      small.manifest,
      '--out',
      out,
      '--port',
      '0',
      '--workers',
      '3',
      ...COMMON,
    ],
  );
  const file = join(out, 'run.json');
  await until(() => existsSync(file) && readFileSync(file, 'utf8') !== before);
  return { ...started, address: (JSON.parse(readFileSync(file, 'utf8')) as RunJson).coordinator.address };
}

function startWorkers(address: string): Started[] {
  return Array.from({ length: 3 }, () => start('worker', '--coordinator', address));
}

describe('workers on several machines whose coordinator is gone', () => {
  it.each<{ name: string; deed: (workers: Started[], run: RunJson) => void; status: number }>([
    {
      name: 'save when they have looked for another one long enough',
      deed: (_, { workers }) => kill(workers[0].pid),
      status: 5,
    },
    {
      name: 'save when they are told to go',
      deed: (workers) => workers.forEach(({ child }) => child.kill('SIGTERM')),
      status: 5,
    },
  ])(
    '$name; a coordinator that comes later goes on from there with others',
    async ({ name, deed, status }) => {
      const out = small.path(name);
      const coordinator = await startCoordinator(out);
      const workers = startWorkers(coordinator.address);
      const run = await untilStep(out, 5);
      coordinator.child.kill('SIGKILL');
      deed(workers, run);
      for (const { ended } of workers) {
        const end = await ended;
        if (end.signal === null) expect(end.status, end.stderr).toBe(status);
      }
      expectSaved(out);
      const next = await startCoordinator(out);
      startWorkers(next.address);
      const { status: finished, stderr } = await next.ended;
      expect(finished, stderr).toBe(0);
      await expectQuiet(out);
    },
    180_000,
  );
});
