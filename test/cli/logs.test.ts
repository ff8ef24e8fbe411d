// `mlip logs`: what the processes of a run have said, from its directory and from its coordinator, while it trains and after.
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogLine } from '../../src/coordinator/logs/log-filter.js';
import { mlip, type CliResult } from './run-cli.js';
import { smallRun, until, untilStep, type RunJson, type SmallRun } from './small-run.js';

let small: SmallRun;
let training: Promise<CliResult>;
let pid = 0;
let run: RunJson;
beforeAll(async () => {
  small = await smallRun();
  const onStart = (child: { pid?: number | undefined }): void => void (pid = child.pid!);
  training = mlip(small.train('live', '--workers', '2', '--steps', '100000'), { onStart });
  run = await untilStep(small.path('live'), 5);
});
afterAll(async () => {
  process.kill(pid, 'SIGINT');
  await training;
  small.remove();
});

const logs = (...args: string[]): Promise<CliResult> => mlip(['logs', ...args]);

function linesOf({ stdout }: CliResult): LogLine[] {
  return stdout
    .trimEnd()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LogLine);
}

describe('a run that trains', () => {
  it('has lines of its coordinator and of its workers in logs.jsonl, with run, worker, rank, step and generation', async () => {
    const lines = linesOf(await logs(small.path('live'), '--json'));
    const from = (name: string): LogLine[] => lines.filter((line) => line.name === name);
    const runId = lines[0].run;
    expect(runId).toMatch(/^\d{8}-/);
    expect(lines.every((line) => line.run === runId)).toBe(true);
    const started = from('coordinator').find(({ message }) => message.startsWith('training starts'));
    expect(started).toMatchObject({ level: 'info', step: 1, generation: 1 });
    for (const worker of [0, 1]) {
      const ready = from(`worker ${worker}`).find(({ message }) => message === 'ready to train');
      expect(ready).toMatchObject({ worker, run: runId, device: 'CPU' });
      const placed = from(`worker ${worker}`).find(({ message }) => message.startsWith('generation 1: rank'));
      expect(placed).toMatchObject({ worker, rank: worker, generation: 1 });
    }
  });

  it('people get a line each, without colours where nobody sees them', async () => {
    const { status, stdout, stderr } = await logs(small.path('live'), '--worker', '1');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).not.toContain('\u001b');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) {
      expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (info |warn |error) (worker 1\b|coordinator.*: worker 1 )/);
    }
  });

  it('its coordinator tells the same to whoever has its token, and nobody else', async () => {
    const where = ['--coordinator', run.coordinator.address, '--token-file', small.path('live', 'token')];
    const told = linesOf(await logs(...where, '--json'));
    const read = linesOf(await logs(small.path('live'), '--json'));
    expect(told.slice(0, 10)).toEqual(read.slice(0, 10));
    expect(linesOf(await logs(...where, '--rank', '1', '--json')).every(({ rank }) => rank === 1)).toBe(true);
    expect(linesOf(await logs(...where, '--since', '2100-01-01T00:00Z', '--json'))).toEqual([]);
    expect(linesOf(await logs(...where, '--since', '1h', '--json')).slice(0, 10)).toEqual(told.slice(0, 10));
    const refused = await mlip(['logs', '--coordinator', run.coordinator.address], {
      env: { MLIP_TOKEN: 'another-token-that-nobody-has-guessed' },
    });
    expect([refused.status, refused.stdout, refused.stderr]).toEqual([
      4,
      '',
      expect.stringContaining('MLIP_E_TOKEN_WRONG'),
    ]);
  });

  it('its token is in no line', () => {
    const token = readFileSync(small.path('live', 'token'), 'utf8').trim();
    expect(readFileSync(small.path('live', 'logs.jsonl'), 'utf8')).not.toContain(token);
  });

  it('is followed until it has ended, from its directory and from its coordinator', async () => {
    await mlip(small.train('short', '--workers', '2', '--steps', '2'), {
      onStart: () => undefined,
    }).then(({ status, stderr }) => expect(status, stderr).toBe(0));
    const ended = await logs(small.path('short'), '-f');
    expect([ended.status, ended.stdout]).toEqual([0, expect.stringMatching(/coordinator.*finished after step 2/)]);

    const ending = mlip(small.train('followed', '--workers', '2', '--steps', '200'));
    const { coordinator } = await untilStep(small.path('followed'), 1);
    const token = ['--token-file', small.path('followed', 'token')];
    const both = await Promise.all([
      logs(small.path('followed'), '-f', '--json'),
      logs('--coordinator', coordinator.address, ...token, '-f', '--json'),
    ]);
    expect((await ending).status).toBe(0);
    for (const result of both) {
      expect(result.status, result.stderr).toBe(0);
      const messages = linesOf(result).map(({ message }) => message);
      expect(messages.filter((message) => message === 'finished after step 200')).toHaveLength(1);
      expect(messages.filter((message) => message === 'ready to train')).toHaveLength(2);
    }
  }, 120_000);
});

describe('a run that fails', () => {
  it('has its first failure pointed out, with its code and the worker that said it', async () => {
    const settings = ['--set', 'data.maxBadShare=0'];
    const manifest = small.path('bad.jsonl');
    const rows = readFileSync(small.manifest, 'utf8').trimEnd().split('\n');
    const broken = rows.map((row, index) => {
      const parsed = JSON.parse(row) as { image: string };
      const image = index === 20 ? small.path('not-an-image.png') : small.path('corpus', parsed.image);
      return JSON.stringify({ ...parsed, image });
    });
    writeFileSync(small.path('not-an-image.png'), 'this is no picture');
    writeFileSync(manifest, `${broken.join('\n')}\n`);
    const args = [
      'train',
      small.config,
      '--data',
      manifest,
      '--out',
      small.path('failed'),
      '--workers',
      '2',
      ...settings,
    ];
    const failed = await mlip([...args, '--steps', '50', '--max-restarts', '0']);
    expect(failed.status).not.toBe(0);
    await until(() => readFileSync(small.path('failed', 'logs.jsonl'), 'utf8').includes('the run failed'));
    const { stdout, stderr, status } = await logs(small.path('failed'), '--level', 'error', '--json');
    expect(status).toBe(0);
    expect(stderr).toMatch(/^the first failure: \S+ \S+ error worker \d/);
    const [first] = stdout.split('\n').map((line) => JSON.parse(line || 'null') as LogLine | null);
    expect(first).toMatchObject({ level: 'error', code: 'MLIP_E_DATA_IMAGES' });
    expect(stderr).toContain('code=MLIP_E_DATA_IMAGES');
  }, 120_000);
});

describe('bad input', () => {
  it('a directory that is no run', async () => {
    const { status, stderr } = await logs(small.path('corpus'));
    expect([status, stderr]).toEqual([3, expect.stringContaining('MLIP_E_RUN_DIRECTORY')]);
  });

  it('a time that is none, and nothing to look at', async () => {
    const since = await logs(small.path('live'), '--since', 'yesterday');
    expect([since.status, since.stderr]).toEqual([2, expect.stringContaining('90s, 10m, 2h, 1d')]);
    const nowhere = await logs();
    expect([nowhere.status, nowhere.stderr]).toEqual([2, expect.stringMatching(/MLIP_E_(USAGE|TOKEN_MISSING)/)]);
  });
});
