// A run with a store from end to end: its reports are fetched, and it goes on where its directory has been lost.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { saveCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { openArchive } from '../../src/coordinator/archive/open-archive.js';
import { createLogger } from '../../src/core/log.js';
import { sampleCheckpoint } from '../checkpoint/samples.js';
import { testToken } from '../support/access.js';
import { describeStores } from '../support/stores.js';
import { mlip, type CliResult } from './run-cli.js';
import { metrics, smallRun, until, type RunJson, type SmallRun } from './small-run.js';

let small: SmallRun;
beforeAll(async () => {
  small = await smallRun();
});
afterAll(() => small.remove());

const REPORTS = ['config.yaml', 'events.jsonl', 'ledger.jsonl', 'metrics.jsonl', 'ranks.jsonl', 'run.json'];
const env = { MLIP_TOKEN: testToken.reveal() };
const read = (...path: string[]): string => readFileSync(small.path(...path), 'utf8');

describeStores('mlip fetch', (under) => {
  const name = `fetched-${under.kind}`;
  const got = (to: string): string => small.path(`${name}-${to}`);
  const fetchRun = (run: string, to: string, ...more: string[]): Promise<CliResult> =>
    mlip(['fetch', run, ...under.flags(), '--out', got(to), ...more]);

  /** A coordinator with the store, and a worker. */
  async function train(steps: number, ...more: string[]): Promise<void> {
    const given = ['--data', small.manifest, '--steps', String(steps), '--set', 'checkpoint.everySteps=2'];
    const own = ['--out', small.path(name), '--workers', '1', '--port', '0', ...under.flags(), ...more];
    const coordinator = mlip(['coordinator', small.config, ...given, ...own], { env });
    await until(() => existsSync(small.path(name, 'run.json')));
    const { address } = (JSON.parse(read(name, 'run.json')) as RunJson).coordinator;
    const ends = await Promise.all([coordinator, mlip(['worker', '--coordinator', address], { env })]);
    expect(ends.filter(({ status }) => status !== 0).map(({ stderr }) => stderr)).toEqual([]);
  }

  beforeAll(() => train(4));

  it('gets the reports as they are, and says where the newest checkpoint is', async () => {
    const { status, stdout, stderr } = await fetchRun(name, 'whole');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^run ${name} \\([\\w-]+\\) has finished after step 4\\n`));
    expect(stdout).toMatch(/checkpoints\/step-4, also in the store\n$/);
    expect(readdirSync(got('whole')).sort()).toEqual(REPORTS);
    for (const file of REPORTS) expect(read(`${name}-whole`, file)).toBe(read(name, file));
  });

  it('with --json prints one object; fetched again, the same files stay', async () => {
    const { status, stdout } = await fetchRun(name, 'whole', '--json');
    expect(status).toBe(0);
    const { runId } = JSON.parse(read(name, 'run.json')) as { runId: string };
    expect(JSON.parse(stdout)).toEqual({
      ...{ run: name, runId, continuedBy: null, outcome: 'finished', step: 4, out: got('whole'), leftOut: [] },
      files: ['config.yaml', 'run.json', 'metrics.jsonl', 'ledger.jsonl', 'events.jsonl', 'ranks.jsonl'],
      checkpoint: { step: 4, path: small.path(name, 'checkpoints', 'step-4'), destination: '', inStore: true },
    });
  });

  it('overwrites no file that is another one, and then writes none', async () => {
    mkdirSync(got('other'));
    writeFileSync(join(got('other'), 'run.json'), '{}');
    const { status, stderr } = await fetchRun(name, 'other');
    expect(stderr).toContain('error MLIP_E_OUT_OTHER_RUN');
    expect([status, readdirSync(got('other'))]).toEqual([2, ['run.json']]);
    expect(read(`${name}-other`, 'run.json')).toBe('{}');
  });

  it('names a directory that cannot be written', async () => {
    const { status, stderr } = await mlip(['fetch', name, ...under.flags(), '--out', small.config]);
    expect(stderr).toContain('error MLIP_E_OUT_WRITE');
    expect([status, stderr.includes(small.config)]).toEqual([4, true]);
  });

  it('knows no run of a mistyped name, and says which ones there are', async () => {
    const { status, stdout, stderr } = await fetchRun(`${name}x`, 'mistyped', '--json');
    expect(stderr).toContain('error MLIP_E_RUN_UNKNOWN');
    expect(stderr).toContain(`Did you mean ${name}?`);
    expect([status, stdout, existsSync(got('mistyped'))]).toEqual([3, '', false]);
  });

  it('has no reports of a run that has not ended, and says where they are', async () => {
    const store = await under.open();
    const out = small.path(`${name}-going-on`);
    const archive = await openArchive({
      ...{ shared: { store, name: 'going-on' }, runId: 'first', out, origin: 'new', savedStep: null, limitMs: 10_000 },
      checkpoint: { keep: 2, keepEverySteps: 0, keepBest: '', destination: '' },
      log: createLogger({ name: 'test', level: 'error' }),
    });
    await saveCheckpoint(out, sampleCheckpoint(1));
    archive!.noteSaved(1);
    await expect.poll(async () => (await fetchRun('going-on', 'early')).stderr).toContain('MLIP_E_RUN_UNFINISHED');
    const { status, stderr } = await fetchRun('going-on', 'early');
    expect([status, stderr.includes(out)]).toEqual([3, true]);
    await archive!.close({ kind: 'stopped', step: 1, checkpoint: null });
    expect((await fetchRun('going-on', 'early')).stdout).toMatch(/was stopped after step 1\n.*no reports/);
  });

  it('a run whose directory was lost goes on from the store, with the steps before in its reports', async () => {
    const before = metrics(small.path(name));
    renameSync(small.path(name), small.path(`${name}-lost`));
    await train(6, '--resume');
    expect(metrics(small.path(name)).slice(0, 4)).toEqual(before);
    expect((await fetchRun(name, 'resumed')).stdout).toContain('has finished after step 6\n');
    expect(metrics(got('resumed'))).toHaveLength(6);
    const { status, stdout } = await mlip(['audit', small.path(name)]);
    expect([status, stdout]).toEqual([0, expect.stringContaining('6 steps')]);
  });
});
