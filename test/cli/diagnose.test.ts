// `mlip diagnose`: one archive about a run, live or dead, whole or in ruins, and never with a secret in it.
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseTar } from 'nanotar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlip, type CliResult } from './run-cli.js';
import { smallRun, until, untilStep, type RunJson, type SmallRun } from './small-run.js';

let small: SmallRun;
let training: Promise<CliResult>;
let launcher = 0;
let run: RunJson;
let token: string;
beforeAll(async () => {
  small = await smallRun();
  const onStart = (child: { pid?: number | undefined }): void => void (launcher = child.pid!);
  training = mlip(small.train('live', '--workers', '2', '--steps', '100000'), { onStart });
  run = await untilStep(small.path('live'), 5);
  token = readFileSync(small.path('live', 'token'), 'utf8').trim();
});
afterAll(async () => {
  process.kill(launcher, 'SIGINT');
  await training;
  small.remove();
});

const diagnose = (args: string[], env: NodeJS.ProcessEnv = {}): Promise<CliResult> =>
  mlip(['diagnose', ...args], { env, cwd: small.folder });

/** Texts by name, without the folder in which they are. */
function unpacked(path: string): Record<string, string> {
  const files = parseTar(gunzipSync(readFileSync(path)));
  return Object.fromEntries(files.map(({ name, text }) => [name.slice(name.indexOf('/') + 1), text]));
}

interface Found {
  file: string;
  run: string;
  firstFailure: { code?: string } | null;
  cause: { code: string } | null;
  silentWorkers: number[];
  missing: Record<string, string>;
}

it('of a live run it has doctor, config, the ends of all lines, status, versions, and what each process does', async () => {
  const env = { MLIP_NATS_PASSWORD: 'password-of-the-environment' };
  appendFileSync(
    small.path('live', 'logs.jsonl'),
    `${JSON.stringify({ note: `${token} ${env.MLIP_NATS_PASSWORD}` })}\n`,
  );
  const file = small.path('live.tar.gz');
  const { status, stdout, stderr } = await diagnose([small.path('live'), '-o', file], env);
  expect(status, stderr).toBe(0);
  const texts = unpacked(file);
  expect(Object.keys(texts)).toEqual(
    expect.arrayContaining([
      ...['summary.txt', 'config.yaml', 'run.json', 'coordinator.json', 'metrics.jsonl', 'logs.jsonl', 'files.txt'],
      ...['status.json', 'doctor.json', 'versions.json'],
      ...['processes/coordinator.json', 'processes/worker-0.json', 'processes/worker-1.json'],
    ]),
  );
  expect(texts['config.yaml']).toBe(readFileSync(small.path('live', 'config.yaml'), 'utf8'));
  expect(JSON.parse(texts['status.json'])).toMatchObject({ phase: 'training', world: 2 });
  expect(JSON.parse(texts['doctor.json'])).toMatchObject({ checks: expect.any(Array) as unknown });
  expect(texts['metrics.jsonl'].trimEnd().split('\n').length).toBeLessThanOrEqual(1_000);
  for (const worker of [0, 1]) {
    const doing = JSON.parse(texts[`processes/worker-${worker}.json`]) as Record<string, unknown>;
    expect(doing).toMatchObject({
      worker,
      pid: run.workers[worker].pid,
      generation: 1,
      stage: expect.stringContaining('takes part') as unknown,
    });
    expect(doing['underWay']).toEqual(expect.any(Array));
    expect(doing['memoryBytes']).toMatchObject({ rss: expect.any(Number) as unknown });
    expect(doing['report']).toMatchObject({ javascriptStack: expect.any(Object) as unknown });
    expect(JSON.stringify(doing)).not.toMatch(/environmentVariables|commandLine/);
  }
  expect(texts['summary.txt']).toBe(stdout.slice(0, texts['summary.txt'].length));
  expect(stdout).toMatch(/where the run stands\n {2}run \S+: training, step \d+ of 100000/);
  expect(stdout).toMatch(/the first failure\n {2}no error is in its log\n/);
  expect(stdout).toMatch(/worker 1 on 127\.0\.0\.1 \(rank 1, step \d+\): \w+/);
  for (const secret of [token, env.MLIP_NATS_PASSWORD]) {
    expect(gunzipSync(readFileSync(file)).includes(secret)).toBe(false);
  }
  expect(texts['logs.jsonl']).toContain('{"note":"[hidden] [hidden]"}');
  expect(statSync(file).mode & 0o777).toBe(0o600);
}, 120_000);

it('a worker that does not answer is named, and seen from outside', async () => {
  const { pid } = run.workers[1];
  process.kill(pid, 'SIGSTOP');
  try {
    const { status, stdout } = await diagnose([small.path('live'), '--no-doctor', '-o', small.path('stopped.tar.gz')]);
    expect(status).toBe(0);
    expect(stdout).toContain('worker 1 on 127.0.0.1: has not answered');
    expect(stdout).toMatch(new RegExp(`worker 1 on \\S+, pid ${pid}: threads \\d+ stopped`));
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}, 60_000);

it('without the directory the coordinator tells what it can', async () => {
  await until(() => readFileSync(small.path('live', 'logs.jsonl'), 'utf8').includes('ready to train'));
  const where = ['--coordinator', run.coordinator.address, '--token-file', small.path('live', 'token'), '--no-doctor'];
  const { status, stdout, stderr } = await diagnose([...where, '--json']);
  expect(status, stderr).toBe(0);
  const { file, run: runId } = JSON.parse(stdout) as Found;
  expect(file).toBe(`mlip-diagnose-${runId}.tar.gz`);
  const texts = unpacked(small.path(file));
  expect(texts['logs.jsonl']).toContain('ready to train');
  expect(texts['status.json']).toContain(runId);
}, 60_000);

describe('of a run that has failed', () => {
  beforeAll(async () => {
    const rows = readFileSync(small.manifest, 'utf8').trimEnd().split('\n');
    const broken = rows.map((row, index) => {
      const parsed = JSON.parse(row) as { image: string };
      const image = index === 20 ? small.path('not-an-image.png') : small.path('corpus', parsed.image);
      return JSON.stringify({ ...parsed, image });
    });
    writeFileSync(small.path('not-an-image.png'), 'this is no picture');
    writeFileSync(small.path('bad.jsonl'), `${broken.join('\n')}\n`);
    const args = ['train', small.config, '--data', small.path('bad.jsonl'), '--out', small.path('failed')];
    const failed = await mlip([
      ...args,
      '--workers',
      '2',
      '--steps',
      '50',
      '--max-restarts',
      '0',
      '--set',
      'data.maxBadShare=0',
    ]);
    expect(failed.status).not.toBe(0);
  }, 60_000);

  it('the first failure and the cause are named', async () => {
    const file = small.path('failed.tar.gz');
    const { status, stdout } = await diagnose([small.path('failed'), '--no-doctor', '-o', file, '--json']);
    expect(status).toBe(0);
    const found = JSON.parse(stdout) as Found;
    expect(found).toMatchObject({
      firstFailure: { code: 'MLIP_E_DATA_IMAGES' },
      cause: { code: 'MLIP_E_DATA_IMAGES' },
    });
    const summary = unpacked(file)['summary.txt'];
    expect(summary).toMatch(/the first failure\n {2}.* error worker \d.*MLIP_E_DATA_IMAGES/);
    expect(summary).toMatch(/why it ended\n {2}MLIP_E_DATA_IMAGES: /);
  });

  it('of which half is missing, it says what could not be had', async () => {
    const ruins = small.path('ruins');
    mkdirSync(ruins);
    writeFileSync(small.path('ruins', 'coordinator.json'), '{"version":9}');
    writeFileSync(small.path('ruins', 'metrics.jsonl'), '{"step":1}\n{"st');
    // Links may lead to what must not be read.
    symlinkSync(small.path('live', 'token'), small.path('ruins', 'events.jsonl'));
    copyFileSync(small.path('live', 'token'), small.path('ruins', 'token'));
    const file = small.path('ruins.tar.gz');
    const { status, stdout, stderr } = await diagnose([ruins, '--no-doctor', '-o', file, '--json']);
    expect(status, stderr).toBe(0);
    const { missing } = JSON.parse(stdout) as Found;
    expect(missing).toMatchObject({
      'config.yaml': 'ENOENT',
      'events.jsonl': 'ELOOP',
      'the coordinator': expect.stringContaining('MLIP_E_RUN_DIRECTORY') as unknown,
      'the record of the run': expect.stringContaining('MLIP_E_RUN_RECORD') as unknown,
    });
    const texts = unpacked(file);
    expect(texts['metrics.jsonl']).toBe('{"step":1}\n{"st');
    expect(Object.keys(texts)).not.toContain('token');
    expect(gunzipSync(readFileSync(file)).includes(token)).toBe(false);
    expect(texts['summary.txt']).toContain('config.yaml: ENOENT');
    rmSync(ruins, { recursive: true });
  });

  it('a coordinator that is gone keeps nothing else from it', async () => {
    const gone = small.path('gone');
    mkdirSync(gone);
    for (const name of ['config.yaml', 'metrics.jsonl', 'logs.jsonl', 'token'])
      copyFileSync(small.path('live', name), small.path('gone', name));
    writeFileSync(
      small.path('gone', 'run.json'),
      JSON.stringify({ coordinator: { address: '127.0.0.1:1', pid: 1 }, workers: [] }),
    );
    const { status, stdout } = await diagnose([gone, '--no-doctor', '-o', small.path('gone.tar.gz'), '--json']);
    expect(status).toBe(0);
    expect((JSON.parse(stdout) as Found).missing).toMatchObject({
      'status.json': expect.stringContaining('MLIP_E_RPC_UNREACHABLE') as unknown,
    });
  }, 30_000);
});

describe('bad input', () => {
  it('a secret that is hidden from the eye but not from a search: nothing is written', async () => {
    mkdirSync(small.path('encoded'));
    writeFileSync(small.path('encoded', 'token'), token);
    writeFileSync(small.path('encoded', 'logs.jsonl'), `{"blob":"${Buffer.from(`x${token}yz`).toString('base64')}"}\n`);
    const file = small.path('encoded.tar.gz');
    const { status, stdout, stderr } = await diagnose([small.path('encoded'), '--no-doctor', '-o', file]);
    expect([status, stdout, stderr]).toEqual([1, '', expect.stringContaining('MLIP_E_SECRET_FOUND')]);
    expect(stderr).toContain('logs.jsonl');
    expect(existsSync(file)).toBe(false);
  });

  it('no such directory, nothing to ask, and a place that cannot be written', async () => {
    const nowhere = await diagnose([small.path('no-such-run')]);
    expect([nowhere.status, nowhere.stderr]).toEqual([3, expect.stringContaining('MLIP_E_RUN_DIRECTORY')]);
    const nothing = await diagnose([]);
    expect([nothing.status, nothing.stderr]).toEqual([2, expect.stringMatching(/MLIP_E_(USAGE|TOKEN_MISSING)/)]);
    const place = await diagnose([small.path('failed'), '--no-doctor', '-o', small.path('no', 'such', 'place.tar.gz')]);
    expect([place.status, place.stderr]).toEqual([4, expect.stringContaining('MLIP_E_OUT_WRITE')]);
  });
});
