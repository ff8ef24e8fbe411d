// What goes wrong with the input of a run, as its user sees it: the last error says what, where and what to do.
import { copyFileSync, cpSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mlip, type CliResult } from '../cli/run-cli.js';
import { testToken } from '../support/access.js';
import { metrics, smallRun, type SmallRun } from '../cli/small-run.js';
import { holdPorts, release } from './ports.js';

let small: SmallRun;
/** A worker whose coordinator is not there: it has a minute's patience. */
let lonely: Promise<CliResult>;
beforeAll(async () => {
  lonely = mlip(['worker', '--coordinator', '127.0.0.1:1'], { env: { MLIP_TOKEN: testToken.reveal() } });
  small = await smallRun();
});
afterAll(() => small.remove());

interface Refusal {
  status: number;
  code: string;
  /** Parts of the place. */
  where: string[];
  /** Part of the remedy. */
  remedy: string;
}

/** The last error on stderr is that one; there is no stack, and nothing on stdout. */
function expectRefusal({ status, stdout, stderr }: CliResult, expected: Refusal): void {
  const last = stderr.slice(stderr.lastIndexOf('\nerror MLIP_E_') + 1);
  const [first, where, remedy] = last.split('\n');
  expect(first).toContain(`error ${expected.code}: `);
  for (const part of expected.where) expect(where).toContain(part);
  expect(where).toMatch(/^ {2}where: {2}/);
  expect(remedy).toMatch(/^ {2}remedy: /);
  expect(remedy).toContain(expected.remedy);
  expect(stderr).not.toMatch(/^(\[.*\] )?\s+at /m);
  expect([status, stdout]).toEqual([expected.status, '']);
}

/** Writes a manifest beside the corpus' own; rows are changed by `change`. */
function manifestWith(name: string, change: (rows: Record<string, unknown>[]) => object[]): string {
  const path = join(dirname(small.manifest), name);
  const rows = readFileSync(small.manifest, 'utf8').trim().split('\n');
  const changed = change(rows.map((row) => JSON.parse(row) as Record<string, unknown>));
  writeFileSync(path, changed.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return path;
}

describe('a manifest', () => {
  const train = (out: string, manifest: string): Promise<CliResult> =>
    mlip(['train', small.config, '--data', manifest, '--out', small.path(out), '--steps', '3', '--json']);

  it('that is missing is refused; the corrected command runs into the same directory', async () => {
    const missing = small.path('none.jsonl');
    const refusal = { status: 3, code: 'MLIP_E_DATA_MANIFEST_MISSING', where: [missing], remedy: '--data' };
    expectRefusal(await train('mistyped', missing), refusal);
    const { status, stderr } = await train('mistyped', small.manifest);
    expect(status, stderr).toBe(0);
  });

  it('that is empty is refused', async () => {
    const empty = manifestWith('empty.jsonl', () => []);
    const refusal = { status: 3, code: 'MLIP_E_DATA_MANIFEST_EMPTY', where: [empty], remedy: 'Give a manifest' };
    expectRefusal(await train('empty', empty), refusal);
  });

  it('with too many faulty rows is refused, with the first of them', async () => {
    const faulty = manifestWith('faulty.jsonl', (rows) =>
      rows.map(({ report, ...row }, index) => (index < 4 ? row : { ...row, report })),
    );
    const refusal = { status: 3, code: 'MLIP_E_DATA_ROWS', where: [`${faulty}:1 report`], remedy: 'mlip data check' };
    expectRefusal(await train('faulty', faulty), refusal);
  });

  it('with an image that turns out to be damaged is trained on without it, which is named and counted', async () => {
    const damaged = manifestWith('damaged.jsonl', (rows) => {
      const image = join(dirname(small.manifest), String(rows[4]['image']));
      const cut = join(dirname(image), 'cut.png');
      copyFileSync(image, cut);
      truncateSync(cut, 600);
      return rows.map((row, index) => (index === 4 ? { ...row, image: join('images', 'cut.png') } : row));
    });
    const { status, stderr, stdout } = await train('damaged', damaged);
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ steps: 3 });
    const skipped = stderr.split('\n').filter((line) => line.includes('skipped an unusable image'));
    expect(skipped).toHaveLength(1);
    expect(skipped[0]).toContain(`row=${damaged}:5 images/cut.png`);
    expect(skipped[0]).toContain('skipped=1');
  });
});

describe('a checkpoint that is cut short', () => {
  beforeAll(async () => {
    await mlip(small.train('whole', '--steps', '4', '--set', 'checkpoint.everySteps=2'));
  });
  const resume = (out: string): Promise<CliResult> => mlip(['train', '--resume', '--out', small.path(out), '--json']);

  it.each(['model.safetensors', 'optimizer.safetensors', 'state.json'])(
    'in %s is named, and the run goes on from the one before; without one it is refused',
    async (file) => {
      const out = small.path(file);
      cpSync(small.path('whole'), out, { recursive: true });
      const damaged = (step: number): string => small.path(file, 'checkpoints', `step-${step}`, file);
      truncateSync(damaged(4), 200);
      const { status, stderr } = await resume(file);
      expect(status, stderr).toBe(0);
      expect(stderr).toContain(damaged(4));
      expect(stderr).toContain('training from step 2 to 4');
      for (const step of [2, 4]) truncateSync(damaged(step), 200);
      const refused = await resume(file);
      expect(refused.stderr).toContain('error MLIP_E_CHECKPOINT_CORRUPT: no checkpoint is whole');
      for (const step of [2, 4]) expect(refused.stderr).toContain(damaged(step));
      expect(refused.status).toBe(3);
    },
  );
});

it('steps whose loss is not a number are skipped, but not for ever, and nothing is saved that leads to it', async () => {
  const settings = ['--steps', '10', '--workers', '2', '--set', 'optimizer.learningRate=1e30'];
  settings.push('--set', 'integrity.maxSkippedSteps=2');
  const result = await mlip(small.train('nan', ...settings, '--json'));
  expectRefusal(result, {
    ...{ status: 5, code: 'MLIP_E_NOT_FINITE', where: ['training rows ', 'after 5 step(s)'] },
    remedy: 'Lower optimizer.learningRate',
  });
  expect(result.stderr).toMatch(/step 3 is skipped on all ranks: .*; training rows \d/);
  expect(metrics(small.path('nan'))).toHaveLength(5);
  expect(readdirSync(small.path('nan'))).not.toContain('checkpoints');
});

it('a port for metrics that is in use is named, also where it is a worker’s', async () => {
  // The coordinator has the first port, the workers have the two after it.
  const { first, servers } = await holdPorts(3);
  await release(servers.splice(0, 2));
  const result = await mlip(small.train('port', '--workers', '2', '--metrics-port', String(first), '--json'));
  await release(servers);
  // The worker sees it before it joins, so that nobody waits for it.
  const where = [`127.0.0.1:${first + 2}`];
  expectRefusal(result, { status: 4, code: 'MLIP_E_PORT_IN_USE', where, remedy: '--metrics-port' });
});

it('a coordinator that is not there is waited for, then named', async () => {
  const result = await lonely;
  expect(result.stderr).toContain('looking for the coordinator, 60 s at most');
  expectRefusal(result, {
    ...{ status: 4, code: 'MLIP_E_RPC_UNREACHABLE', where: ['127.0.0.1:1'] },
    remedy: 'coordinator',
  });
}, 90_000);
