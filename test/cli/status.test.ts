// Where a run stands, asked while it trains and when it has ended.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunStatus } from '../../src/rpc/service.js';
import { mlip, type CliResult } from './run-cli.js';
import { smallRun, untilStep, type SmallRun } from './small-run.js';

let small: SmallRun;
let training: Promise<CliResult>;
let pid = 0;
beforeAll(async () => {
  small = await smallRun();
  const onStart = (child: { pid?: number | undefined }): void => void (pid = child.pid!);
  training = mlip(small.train('live', '--workers', '2', '--steps', '100000'), { onStart });
  await untilStep(small.path('live'), 5);
});
afterAll(async () => {
  await training;
  small.remove();
});

const status = (...args: string[]): Promise<CliResult> => mlip(['status', ...args]);

it('says phase, step, rate, time left, workers and the last change of a run that trains', async () => {
  const { status: code, stdout } = await status(small.path('live'));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^run \S+: training, step \d+ of 100000, generation 1 of 2 worker\(s\)\n/);
  expect(stdout).toMatch(/\n[\d.]+ pairs\/s, [\d.]+ s a step, \w+ left, loss [\d.]+\n/);
  expect(stdout).toMatch(/\nlast change \d+s ago: the run begins\n/);
});

it('has a line for each worker with -o wide, and all numbers with -o json', async () => {
  const wide = (await status(small.path('live'), '-o', 'wide')).stdout.trimEnd().split('\n');
  expect(wide.at(-3)).toMatch(/^worker {2}rank {2}standing {2}micro-batches/);
  expect(wide.at(-1)).toMatch(/^1 +1 +serving +1 +[\d.-]+ +[\d.]+(?: +)cpu/);
  const { stdout } = await status(small.path('live'), '--json');
  const found = JSON.parse(stdout) as RunStatus;
  expect(found).toMatchObject({
    phase: 'training',
    steps: 100_000,
    world: 2,
    batchSize: 8,
    transition: 'the run begins',
  });
  expect(found.stepSeconds).toBeGreaterThan(0);
  expect(found.workers.map(({ rank }) => rank)).toEqual([0, 1]);
});

it('is refused with another token', async () => {
  const { status: code, stderr } = await mlip(['status', small.path('live')], {
    env: { MLIP_TOKEN: 'another-token-that-nobody-has-guessed' },
  });
  expect([code, stderr]).toEqual([4, expect.stringContaining('MLIP_E_TOKEN_WRONG')]);
});

it('is watched until the run has ended, and reads what it has left then', async () => {
  const watching = status(small.path('live'), '--watch');
  process.kill(pid, 'SIGINT');
  expect((await training).status).toBe(130);
  const { status: code, stdout } = await watching;
  expect(code).toBe(0);
  expect(stdout).toMatch(/(was stopped after step \d+\nnewest checkpoint: step \d+, |: ended, step )/);
  const later = await status(small.path('live'));
  expect(later.stdout).toMatch(
    /^run \S+ was stopped after step \d+\nnewest checkpoint: step \d+, .*\ngo on with: mlip train/,
  );
  expect(JSON.parse((await status(small.path('live'), '--json')).stdout)).toMatchObject({
    outcome: 'stopped',
    cause: null,
  });
});

it('says what is wrong with a directory that is none of a run, or half of one, and where nobody is named', async () => {
  mkdirSync(small.path('half'));
  copyFileSync(small.path('live', 'token'), small.path('half', 'token'));
  expect((await status(small.path('half'))).stderr).toContain('MLIP_E_RUN_DIRECTORY');
  writeFileSync(small.path('half', 'run.json'), '{"coord');
  const { status: code, stderr } = await status(small.path('half'));
  expect([code, stderr]).toEqual([3, expect.stringContaining(`where:  ${small.path('half', 'run.json')}`)]);
  expect((await mlip(['status'], { env: { MLIP_TOKEN: 'a'.repeat(32) } })).stderr).toContain(
    'it is not said which run',
  );
});
