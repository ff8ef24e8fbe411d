// Where a run stands, asked while it trains and when it has ended.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { onTerminal } from './terminal.js';
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

/** Of the report of a run that goes on; what one that has ended says has the same keys. */
let KEYS: string[] = [];

interface Report {
  step: number;
  loss: number;
  stepSeconds: number;
  stepsPerSecond: number;
  checkpoint: { step: number } | null;
  workers: { rank: number; phaseSeconds: Record<string, number> }[];
}

const status = (...args: string[]): Promise<CliResult> => mlip(['status', ...args]);

it('says phase, step, rate, time left, workers and the last change of a run that trains', async () => {
  const { status: code, stdout } = await status(small.path('live'));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^run \S+: training, step \d+ of 100000, generation 1 of 2 worker\(s\)\n/);
  expect(stdout).toMatch(/\n[\d.]+ pairs\/s, [\d.]+ steps\/s, [\d.]+ s a step, \w+ left, loss [\d.]+\n/);
  expect(stdout).toMatch(/\nlast change \d+s ago: the run begins\n/);
});

it('has a line for each worker with -o wide, and all numbers with -o json', async () => {
  const wide = (await status(small.path('live'), '-o', 'wide')).stdout.trimEnd().split('\n');
  expect(wide.at(-3)).toMatch(/^worker {2}rank {2}standing {2}micro-batches/);
  expect(wide.at(-1)).toMatch(/^1 +1 +serving +1 +[\d.-]+ +[\d.]+(?: +)cpu/);
  const { stdout } = await status(small.path('live'), '--json');
  const found = JSON.parse(stdout) as Report;
  KEYS = Object.keys(found);
  expect(found).toMatchObject({
    phase: 'training',
    steps: 100_000,
    world: 2,
    batchSize: 8,
    transition: 'the run begins',
  });
  expect(found.stepSeconds).toBeGreaterThan(0);
  expect(found.workers.map(({ rank }) => rank)).toEqual([0, 1]);
  expect(found.stepsPerSecond).toBeCloseTo(1 / found.stepSeconds);
  expect(found).toMatchObject({ outcome: null, cause: null, paused: false, restarts: 0, workersLost: 0 });
});

it('shows each rank with the phases of its newest step, once where it is piped, and as JSON', async () => {
  const { status: code, stdout } = await mlip(['top', small.path('live')]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^run \S+: training, step \d+ of 100000, /);
  const rows = stdout.split('\n').filter((line) => /^[01] {2,}[01] +serving /.test(line));
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(row).toMatch(/ [\d.]+ +[\d.]+ {2,}(?=.{24}$)d*e*g*l*b*r*u*$/);
  expect(stdout).toContain('d data, e encode, g gather, l loss, b backward, r reduce, u update');
  const top = JSON.parse((await mlip(['top', small.path('live'), '--json'])).stdout) as Pick<Report, 'workers'>;
  const phases = ['data', 'encode', 'gather', 'loss', 'backward', 'reduce', 'update'];
  for (const { phaseSeconds } of top.workers) expect(Object.keys(phaseSeconds).sort()).toEqual(phases.sort());
});

it('is drawn anew on a terminal, until Ctrl-C', async () => {
  const terminal = await onTerminal(['top', small.path('live')], 3_500);
  expect(terminal.status).toBe(0);
  // The lines before are gone over, and none is wider than the terminal.
  const text = terminal.text.replaceAll('\x1b', 'ESC');
  expect(text.match(/ESC\[\d+AESC\[J/g)!.length).toBeGreaterThanOrEqual(2);
  for (const line of text.replaceAll(/ESC\[\d*[AJ]/g, '').split(/\r?\n/)) expect(line.length).toBeLessThan(60);
});

it('says what is wrong where nobody answers, and with the record of a newer version', async () => {
  const env = { MLIP_TOKEN: 'a-token-that-nobody-has-guessed-yet' };
  const away = await mlip(['status', '--coordinator', '127.0.0.1:1'], { env });
  expect([away.status, away.stderr]).toEqual([4, expect.stringContaining('MLIP_E_RPC_UNREACHABLE')]);
  for (const [record, text] of [
    ['{"version": 2, "more": true}', 'a newer version of mlip has written it, in format 2'],
    ['{"version": 1, "runId": "r", "colour": "red"}', 'Unrecognized key: "colour"'],
    ['{"vers', 'cannot be read'],
  ]) {
    mkdirSync(small.path('newer'), { recursive: true });
    writeFileSync(small.path('newer', 'coordinator.json'), record);
    for (const command of ['status', 'pause']) {
      const { status: code, stderr } = await mlip([command, small.path('newer')]);
      expect([code, stderr]).toEqual([3, expect.stringContaining('MLIP_E_RUN_RECORD')]);
      expect(stderr).toContain(text);
    }
  }
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
  const ended = JSON.parse((await status(small.path('live'), '--json')).stdout) as Report;
  expect(ended).toMatchObject({ phase: 'ended', outcome: 'stopped', cause: null, restarts: 0, workersLost: 0 });
  expect(Object.keys(ended).filter((key) => !KEYS.includes(key))).toEqual([]);
  expect(ended.loss).toBeGreaterThan(0);
  expect(ended.checkpoint).toMatchObject({ step: ended.step });
  expect((await mlip(['top', small.path('live')])).stderr).toContain('MLIP_E_RUN_OVER');
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
