// `mlip dashboard`, and the dashboards of `mlip train` and `mlip coordinator`, as their users start them.
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { RetrievalFile } from '../../src/evaluation/retrieval-report.js';
import { tokenFileOf } from '../../src/security/token-source.js';
import { holdPorts, release } from '../run/ports.js';
import { ask, login } from '../dashboard/served.js';
import { writtenRun } from '../dashboard/run-directory.js';
import { mlip, type CliResult } from './run-cli.js';
import { smallRun, until, type SmallRun } from './small-run.js';

let small: SmallRun;
beforeAll(async () => {
  small = await smallRun();
  const { status, stderr } = await mlip(small.train('done', '--workers', '1', '--steps', '2'));
  expect([status, stderr]).toEqual([0, expect.any(String)]);
});
afterAll(() => small.remove());

let child: ChildProcess | undefined;
let ended: Promise<CliResult> | undefined;
let said = '';
afterEach(async () => {
  child?.kill('SIGTERM');
  await ended;
  child = ended = undefined;
});

/** Starts a command that goes on, and resolves with the address that it says. */
async function start(...args: string[]): Promise<string> {
  said = '';
  ended = mlip(args, {
    env: { MLIP_TOKEN: undefined },
    onStart: (started) => {
      child = started;
      for (const stream of [started.stdout!, started.stderr!]) stream.on('data', (chunk) => (said += String(chunk)));
    },
  });
  await until(() => /https?:\/\/\S+/.test(said));
  return /https?:\/\/[^\s#]+/.exec(said)![0];
}

it('opens a finished run with the token that it has left', async () => {
  const url = await start('dashboard', small.path('done'), '--port', '0');
  const token = readFileSync(tokenFileOf(small.path('done')), 'utf8').trim();
  const { status, headers } = await login(url, token);
  expect(status).toBe(200);
  const runs = await ask(`${url}api/runs`, { headers: { cookie: headers['set-cookie']![0].split(';')[0] } });
  expect(JSON.parse(runs.body)).toMatchObject([{ id: 'done', phase: 'finished', step: 2, steps: 2, problems: [] }]);
  expect(said).not.toContain(token);
});

it('ends with status 0 when it is told to', async () => {
  await start('dashboard', small.path('done'), '--port', '0');
  child!.kill('SIGINT');
  expect((await ended!).status).toBe(0);
});

it('opens a directory of runs, for which it makes a token, and prints a link with it where asked', async () => {
  const folder = writtenRun('runs');
  mkdirSync(folder.out);
  await start('dashboard', folder.out, '--port', '0', '--link');
  const token = readFileSync(tokenFileOf(folder.out), 'utf8').trim();
  expect(said).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=\S+\n/);
  expect(said).toContain(encodeURIComponent(token));
  folder.remove();
});

it('says what is wrong with a directory that is not there, a port that is taken and a token that is too short', async () => {
  const missing = await mlip(['dashboard', small.path('nowhere')]);
  expect([missing.status, missing.stdout, missing.stderr]).toEqual([
    3,
    '',
    expect.stringContaining('MLIP_E_RUN_DIRECTORY'),
  ]);
  const { first, servers } = await holdPorts(1);
  const taken = await mlip(['dashboard', small.path('done'), '--port', String(first), '--host', '0.0.0.0']);
  expect([taken.status, taken.stderr]).toEqual([4, expect.stringContaining(`where:  0.0.0.0:${first}`)]);
  await release(servers);
  writeFileSync(small.path('short'), 'short\n');
  const short = await mlip(['dashboard', small.path('done'), '--token-file', small.path('short')]);
  expect([short.status, short.stderr]).toEqual([2, expect.stringContaining('MLIP_E_TOKEN_UNUSABLE')]);
});

it('a coordinator whose dashboard cannot have its port leaves the directory as it was', async () => {
  const { first, servers } = await holdPorts(1);
  const args = ['--workers', '1', '--port', '0', '--data', small.manifest, '--out', small.path('never')];
  const place = ['--dashboard-port', String(first), '--dashboard-host', '0.0.0.0'];
  const { status, stderr } = await mlip(['coordinator', small.config, ...args, ...place]);
  await release(servers);
  expect([status, stderr]).toEqual([4, expect.stringContaining('cannot serve the dashboard')]);
  expect(existsSync(small.path('never'))).toBe(false);
});

it('a coordinator that waits for its workers shows that, to whoever has the token that it has made', async () => {
  const args = ['--workers', '1', '--port', '0', '--data', small.manifest, '--out', small.path('waits')];
  const url = await start('coordinator', small.config, ...args, '--dashboard-port', '0');
  await until(() => existsSync(tokenFileOf(small.path('waits'))));
  const { headers } = await login(url, readFileSync(tokenFileOf(small.path('waits')), 'utf8').trim());
  const cookie = { cookie: headers['set-cookie']![0].split(';')[0] };
  const { body } = await ask(`${url}api/runs/waits/state`, { headers: cookie });
  expect(JSON.parse(body)).toMatchObject({
    summary: { phase: 'waiting', step: 0 },
    events: expect.any(Array) as unknown,
  });
});

it('a coordinator that stands by shows the run as well', async () => {
  const out = small.path('led');
  const args = ['coordinator', small.config, '--workers', '1', '--port', '0', '--data', small.manifest, '--out', out];
  const all = [...args, '--store', small.path('store'), '--dashboard-port', '0'];
  let leader: ChildProcess | undefined;
  const led = mlip(all, { env: { MLIP_TOKEN: undefined }, onStart: (started) => (leader = started) });
  await until(() => existsSync(join(out, 'run.json')));
  const url = await start(...all);
  const { headers } = await login(url, readFileSync(tokenFileOf(out), 'utf8').trim());
  const cookie = { cookie: headers['set-cookie']![0].split(';')[0] };
  const { body } = await ask(`${url}api/runs`, { headers: cookie });
  expect(JSON.parse(body)).toMatchObject([{ id: 'led', phase: 'waiting' }]);
  leader!.kill('SIGTERM');
  await led;
});

it('a coordinator of a queue shows all runs of a directory, also while none goes on', async () => {
  const token = 'a-token-that-is-long-enough';
  writeFileSync(small.path('token'), token);
  const queue = ['coordinator', '--queue', '--port', '0', '--store', small.path('queue'), '--dashboard-port', '0'];
  const all = [...queue, '--dashboard-dir', small.folder];
  const url = await start(...all, '--token-file', small.path('token'));
  const { headers } = await login(url, token);
  const { body } = await ask(`${url}api/runs`, { headers: { cookie: headers['set-cookie']![0].split(';')[0] } });
  expect(JSON.parse(body)).toEqual(
    expect.arrayContaining([expect.objectContaining({ id: 'done', phase: 'finished' })]),
  );
  const open = await mlip(all, { env: { MLIP_TOKEN: undefined } });
  expect([open.status, open.stderr]).toEqual([2, expect.stringContaining('asks for a token')]);
});

it('a run leaves examples of what retrieval finds at its end, and so does an evaluation', async () => {
  const folder = small.path('done', 'evaluations', 'step-2');
  const read = (directory: string): RetrievalFile =>
    JSON.parse(readFileSync(join(directory, 'retrieval.json'), 'utf8')) as RetrievalFile;
  const file = read(folder);
  expect(file).toMatchObject({ version: 1, step: 2, split: 'valid', pairs: 8 });
  expect(
    file.examples.map(({ direction }) => direction).filter((direction) => direction === 'imageToReport'),
  ).toHaveLength(6);
  const pictures = Object.values(file.shown).map(({ picture }) => picture);
  expect(readdirSync(folder).sort()).toEqual([...pictures, 'retrieval.json'].sort());
  for (const picture of pictures)
    expect(readFileSync(join(folder, picture)).subarray(0, 3).toString('hex')).toBe('ffd8ff');
  const scored = [
    'eval',
    'retrieval',
    '--checkpoint',
    small.path('done', 'checkpoints', 'step-2'),
    '--data',
    small.manifest,
  ];
  const other = await mlip([...scored, '--report', small.path('elsewhere')]);
  expect(other.status).toBe(0);
  expect({ ...read(small.path('elsewhere')), time: '' }).toEqual({ ...file, time: '' });
  writeFileSync(small.path('file'), '');
  const refused = await mlip([...scored, '--report', small.path('file', 'inside')]);
  expect([refused.status, refused.stderr]).toEqual([4, expect.stringContaining('MLIP_E_OUT_WRITE')]);
});

it('mlip train scores each checkpoint while it goes on where it is given pairs for it', async () => {
  const args = ['--workers', '1', '--steps', '60', '--set', 'checkpoint.everySteps=20', '--set', 'checkpoint.keep=9'];
  const { status, stdout, stderr } = await mlip([
    ...small.train('scored', ...args),
    ...['--eval-data', small.manifest, '--json'],
  ]);
  expect([status, stderr]).toEqual([
    0,
    expect.stringMatching(/step-\d+: R@10 [\d.]+ % image to report, [\d.]+ % back/),
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ steps: 60 });
  const evaluated = readdirSync(small.path('scored', 'evaluations'));
  expect(evaluated).toContain('step-60');
  expect(evaluated.length).toBeGreaterThan(1);
});

it('mlip train says that a checkpoint could not be scored, and goes on', async () => {
  const args = ['--workers', '1', '--steps', '20', '--set', 'checkpoint.everySteps=5', '--set', 'checkpoint.keep=9'];
  const { status, stderr } = await mlip([...small.train('unscored', ...args), '--eval-data', small.path('none.jsonl')]);
  expect([status, stderr]).toEqual([0, expect.stringContaining('could not be scored')]);
});
