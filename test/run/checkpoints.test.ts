// Checkpoints of whole runs: which ones stay, and that a run goes on from the newest that is whole, wherever it is.
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { versionOneState } from '../checkpoint/samples.js';
import { mlip } from '../cli/run-cli.js';
import { metrics, smallRun, type SmallRun } from '../cli/small-run.js';
import { BUCKET, provideS3Server, startS3Server } from '../support/s3-server.js';
import { savedBytes } from './outcome.js';

const STEPS = 12;
const SETTINGS = ['microBatchSize=2', 'checkpoint.everySteps=2', 'checkpoint.keep=2'];

let small: SmallRun;
beforeAll(async () => {
  small = await smallRun();
  const policy = ['checkpoint.keepEverySteps=4', 'checkpoint.keepBest=loss'];
  const { status, stderr } = await mlip(train('whole', ...set(...SETTINGS, ...policy)));
  expect(status, stderr).toBe(0);
});
afterAll(() => small.remove());

const set = (...settings: string[]): string[] => settings.flatMap((setting) => ['--set', setting]);
const train = (out: string, ...more: string[]): string[] =>
  small.train(out, '--steps', String(STEPS), '--workers', '2', '--json', ...more);
const resume = (out: string, ...more: string[]): string[] => [
  'train',
  '--resume',
  '--out',
  small.path(out),
  '--json',
  ...more,
];
const stepsIn = (...folder: string[]): number[] =>
  readdirSync(small.path(...folder))
    .map((name) => Number(/^step-(\d+)$/.exec(name)?.[1]))
    .sort((a, b) => a - b);

/** A copy of the whole run. */
function copyOf(name: string): string {
  cpSync(small.path('whole'), small.path(name), { recursive: true });
  return small.path(name);
}

function expectSameEnd(out: string): void {
  expect(savedBytes(small.path(out), STEPS)).toEqual(savedBytes(small.path('whole'), STEPS));
}

describe('a run', () => {
  it('keeps its newest checkpoints, the multiples, and the one with the lowest loss', () => {
    const losses = metrics(small.path('whole')).map((line) => (JSON.parse(line) as { loss: number }).loss);
    const saved = [2, 4, 6, 8, 10, 12];
    const best = saved.toSorted((a, b) => losses[a - 1] - losses[b - 1])[0];
    expect(stepsIn('whole', 'checkpoints')).toEqual([...new Set([best, 4, 8, 10, 12])].sort((a, b) => a - b));
    const state = JSON.parse(readFileSync(small.path('whole', 'checkpoints', 'step-12', 'state.json'), 'utf8')) as {
      metrics: { loss: number };
    };
    expect(state.metrics.loss).toBe(losses[11]);
  });
});

describe('a run whose newest checkpoints are damaged', () => {
  it('goes on from the one before, says so, and computes the same with another number of workers', async () => {
    const out = copyOf('damaged');
    writeFileSync(join(out, 'checkpoints', 'step-12', 'state.json'), '{"half');
    const model = join(out, 'checkpoints', 'step-10', 'model.safetensors');
    const bytes = readFileSync(model);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(model, bytes);
    const { status, stderr } = await mlip(resume('damaged', '--workers', '3'));
    expect(status, stderr).toBe(0);
    expect(stderr).toContain(`${model}); instead, the run goes on from ${join(out, 'checkpoints', 'step-8')}`);
    expect(stderr).toContain(join('step-12', 'state.json'));
    expect(stderr).toContain('training from step 8 to 12');
    expectSameEnd('damaged');
  });

  it('is refused where all of them are, and each is named', async () => {
    const out = copyOf('lost');
    for (const step of stepsIn('lost', 'checkpoints')) {
      writeFileSync(join(out, 'checkpoints', `step-${step}`, 'optimizer.safetensors'), '');
    }
    const { status, stderr } = await mlip(resume('lost'));
    expect(status).toBe(3);
    expect(stderr).toContain('error MLIP_E_CHECKPOINT_CORRUPT: no checkpoint is whole');
    for (const step of stepsIn('lost', 'checkpoints')) expect(stderr).toContain(join(`step-${step}`, 'optimizer'));
  });
});

describe('a checkpoint of the version before', () => {
  /** Without what has come since: keys of the configuration, and the metrics of a checkpoint. */
  function makeOld(out: string): void {
    const file = join(out, 'config.yaml');
    writeFileSync(file, stringify(withoutNewKeys(parse(readFileSync(file, 'utf8')))));
    for (const name of readdirSync(join(out, 'checkpoints'))) {
      const [config, state] = ['config.json', 'state.json'].map((each) => join(out, 'checkpoints', name, each));
      const before = readFileSync(config, 'utf8');
      const after = `${JSON.stringify(withoutNewKeys(JSON.parse(before)), null, 2)}\n`;
      writeFileSync(config, after);
      writeFileSync(state, versionOneState(withDigest(readFileSync(state, 'utf8'), 'config.json', after)));
    }
  }

  it('goes on, with the defaults for what it does not know, and can be scored', async () => {
    const out = copyOf('old');
    makeOld(out);
    rmSync(join(out, 'checkpoints', 'step-12'), { recursive: true });
    const scored = await mlip(['eval', 'retrieval', '--checkpoint', out, '--data', small.manifest, '--json']);
    expect(scored.status, scored.stderr).toBe(0);
    const { status, stderr } = await mlip(resume('old', '--workers', '2'));
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('training from step 10 to 12');
    expectSameEnd('old');
  });

  it('of another architecture is refused before anything is loaded', async () => {
    makeOld(copyOf('other'));
    const { status, stderr } = await mlip(resume('other', ...set('model.headWidth=16')));
    expect(status).toBe(3);
    expect(stderr).toContain('error MLIP_E_CHECKPOINT_MISMATCH');
  });
});

interface Sections {
  [key: string]: Sections;
}

function withoutNewKeys(config: unknown): object {
  const { reduction: _, elastic: __, integrity: ___, ...rest } = config as Sections;
  const { keepEverySteps: ____, keepBest: _____, destination: ______, ...checkpoint } = rest['checkpoint'];
  const { reconnectMs: _______, leaseMs: ________, ...timeouts } = rest['timeouts'];
  return { ...rest, checkpoint, timeouts };
}

function withDigest(state: string, name: string, text: string): string {
  const content = JSON.parse(state) as { files: Record<string, object> };
  const sha256 = createHash('sha256').update(text).digest('hex');
  content.files[name] = { bytes: Buffer.byteLength(text), sha256 };
  return JSON.stringify(content);
}

const server = await provideS3Server();
if ('missing' in server) process.stderr.write(`S3 is not tested: ${server.missing}\n`);

describe.skipIf('missing' in server)('a run with checkpoint.destination', () => {
  it('goes on from S3 where its own checkpoints are gone, and no secret is left anywhere', async () => {
    const s3 = await startS3Server((server as { path: string }).path);
    try {
      const destination = set(...SETTINGS, `checkpoint.destination=s3://${BUCKET}/runs/a`);
      const first = await mlip(train('s3', ...destination), { env: s3.env });
      expect(first.status, first.stderr).toBe(0);
      expectSameEnd('s3');
      expect(readdirSync(join(s3.objects, 'runs', 'a')).sort()).toEqual(['step-10', 'step-12']);

      const again = await mlip(train('s3-again', ...destination), { env: s3.env });
      expect(again.status).toBe(2);
      expect(again.stderr).toContain('there are checkpoints of another run, the newest of step 12');

      rmSync(small.path('s3', 'checkpoints'), { recursive: true });
      rmSync(join(s3.objects, 'runs', 'a', 'step-12'), { recursive: true });
      const resumed = await mlip(resume('s3', '--workers', '1'), { env: s3.env });
      expect(resumed.status, resumed.stderr).toBe(0);
      expect(resumed.stderr).toContain('training from step 10 to 12');
      expectSameEnd('s3');
      expect(readdirSync(join(s3.objects, 'runs', 'a')).sort()).toEqual(['step-10', 'step-12']);

      const secret = s3.env['AWS_SECRET_ACCESS_KEY'];
      const texts = ['config.yaml', 'run.json', 'metrics.jsonl'].map((name) =>
        readFileSync(small.path('s3', name), 'utf8'),
      );
      for (const text of [...texts, first.stderr, again.stderr, resumed.stderr]) expect(text).not.toContain(secret);
    } finally {
      await s3.stop();
    }
  });
});
