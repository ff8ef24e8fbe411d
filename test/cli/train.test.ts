// `mlip train` and `mlip eval` from end to end, with real processes on TensorFlow.
import { cpSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Closing } from '../../src/cli/launch/closing.js';
import { resolveConfig } from '../../src/config/load.js';
import type { RetrievalReport } from '../../src/evaluation/evaluate-retrieval.js';
import { mlip, type CliResult } from './run-cli.js';
import { metrics, smallRun, type RunJson, type SmallRun } from './small-run.js';

let small: SmallRun;
beforeAll(async () => {
  small = await smallRun();
});
afterAll(() => small.remove());

describe('a run of two workers', () => {
  let result: CliResult;
  let closing: Closing;
  beforeAll(async () => {
    result = await mlip(
      small.train('whole', '--workers', '2', '--steps', '8', '--set', 'checkpoint.everySteps=5', '--json'),
    );
    expect(result.stderr).not.toContain('error');
    closing = JSON.parse(result.stdout) as Closing;
  });

  it('ends with status 0 and one JSON object with the promised keys', () => {
    expect(result.status).toBe(0);
    expect(result.stdout.trim().split('\n')).toHaveLength(1);
    expect(Object.keys(closing)).toEqual([
      ...['steps', 'world', 'lossFirst', 'lossLast', 'seconds', 'pairsPerSecond', 'out', 'checkpoint', 'retrieval'],
    ]);
    expect(closing).toMatchObject({ steps: 8, world: 2, out: small.path('whole') });
    expect(closing.checkpoint).toBe(small.path('whole', 'checkpoints', 'step-8'));
    expect(closing.pairsPerSecond).toBeCloseTo((8 * 8) / closing.seconds, 6);
  });

  it('takes the losses from metrics.jsonl', () => {
    const losses = metrics(small.path('whole')).map((line) => (JSON.parse(line) as { loss: number }).loss);
    expect(losses).toHaveLength(8);
    expect([closing.lossFirst, closing.lossLast]).toEqual([losses[0], losses[7]]);
  });

  it('shows its progress and its workers on stderr', () => {
    expect(result.stderr).toMatch(/^step 1\/8 {2}loss \d+\.\d{4} {2}.* pairs\/s {2}data wait \d+% {2}comm wait \d+%/m);
    expect(result.stderr).toContain('step 8/8');
    expect(result.stderr).not.toContain('\x1b');
  });

  it('says in run.json who ran', () => {
    const run = JSON.parse(readFileSync(small.path('whole', 'run.json'), 'utf8')) as RunJson;
    expect(run.coordinator.address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(run.workers.map(({ worker }) => worker)).toEqual([0, 1]);
  });

  it('leaves a config.yaml with origins that loads back', () => {
    const file = small.path('whole', 'config.yaml');
    expect(readFileSync(file, 'utf8')).toContain('steps: 8 # flag --steps 8');
    const given = resolveConfig({
      recipeOrFile: small.config,
      set: [`data.manifest=${small.manifest}`, 'steps=8', 'checkpoint.everySteps=5'],
    });
    expect(resolveConfig({ recipeOrFile: file }).config).toEqual(given.config);
  });

  it('is scored on the held-out pairs, as mlip eval scores its checkpoint', async () => {
    const args = ['eval', 'retrieval', '--checkpoint', closing.checkpoint, '--data', small.manifest, '--json'];
    const report = JSON.parse((await mlip(args)).stdout) as RetrievalReport;
    expect(report).toEqual(closing.retrieval);
    expect(report).toMatchObject({ pairs: 8, split: 'valid' });
    expect(report.imageToReport.r10).toBe(1);
    expect(report.precision?.chance).toBeGreaterThan(0);
  });

  it('can be scored on other pairs, for people', async () => {
    const out = small.path('whole');
    const args = [
      'eval',
      'retrieval',
      '--checkpoint',
      out,
      '--data',
      small.manifest,
      '--split',
      'train',
      '--pairs',
      '5',
    ];
    const { status, stdout } = await mlip(args);
    expect(status).toBe(0);
    expect(stdout).toContain('retrieval among 5 pairs of the split train (chance R@1 20.0 %)');
    expect(stdout).toMatch(/image to report {2}R@1 \d/);
  });

  it('is continued bit for bit by --resume, with the workers and the configuration it had', async () => {
    const [whole, cut] = [small.path('whole'), small.path('cut')];
    cpSync(whole, cut, { recursive: true });
    rmSync(join(cut, 'checkpoints', 'step-8'), { recursive: true });
    const { stderr, stdout } = await mlip(['train', '--resume', '--out', cut, '--json']);
    expect(stderr).toContain('training from step 5 to 8 with 2 worker(s)');
    expect(JSON.parse(stdout)).toMatchObject({ steps: 8, lossFirst: closing.lossFirst, lossLast: closing.lossLast });
    expect(metrics(cut).map(timeless)).toEqual(metrics(whole).map(timeless));
    expect(weights(cut)).toEqual(weights(whole));
  });
});

/** A line of metrics.jsonl without what the clock says. */
function timeless(line: string): object {
  const { pairs_per_second: _, data_wait: __, comm_wait: ___, ...rest } = JSON.parse(line) as Record<string, number>;
  return rest;
}

const weights = (out: string): Buffer => readFileSync(join(out, 'checkpoints', 'step-8', 'model.safetensors'));

describe('bad input ends with its own code and status, before or during a run, and leaves stdout empty', () => {
  const cases: [string, number, string, (out: string) => string[]][] = [
    ['no manifest', 3, 'MLIP_E_DATA_MANIFEST_MISSING', () => ['train', small.config, '--out', small.path('none')]],
    ['too many workers', 2, 'MLIP_E_CONFIG_INVALID', (out) => small.train(out, '--workers', '3')],
    ['another run in --out', 2, 'MLIP_E_OUT_OTHER_RUN', () => small.train('whole', '--steps', '3')],
    ['nothing to resume', 3, 'MLIP_E_CHECKPOINT_MISSING', (out) => small.train(out, '--resume')],
    [
      'a checkpoint of another architecture',
      3,
      'MLIP_E_CHECKPOINT_MISMATCH',
      () => small.train('whole', '--resume', '--set', 'model.vision.layers=2'),
    ],
    ['fewer pairs than a batch', 3, 'MLIP_E_DATA_TOO_FEW_PAIRS', (out) => small.train(out, '--set', 'batchSize=32')],
    ['a loss that explodes', 5, 'MLIP_E_NOT_FINITE', (out) => small.train(out, '--set', 'optimizer.learningRate=1e38')],
  ];
  it.each(cases)('%s', async (_, status, code, args) => {
    const result = await mlip([...args(`bad-${code}`), '--json']);
    expect(result.stderr).toContain(`error ${code}: `);
    expect(result.stderr.lastIndexOf('error MLIP_E_')).toBe(result.stderr.lastIndexOf(`error ${code}: `));
    expect(result.stderr).not.toMatch(/^\s+at /m);
    expect(result.stdout).toBe('');
    expect(result.status).toBe(status);
  });

  it('a TensorFlow that is not there', async () => {
    const env = { MLIP_LIBTENSORFLOW: small.path('nothing') };
    const { status, stderr } = await mlip(small.train('no-engine'), { env });
    expect(stderr).toContain('error MLIP_E_ENGINE_MISSING: ');
    expect(status).toBe(4);
  });

  it('a damaged checkpoint', async () => {
    const damaged = small.path('damaged');
    cpSync(small.path('whole', 'checkpoints', 'step-8'), damaged, { recursive: true });
    truncateSync(join(damaged, 'model.safetensors'), 100);
    const { status, stderr } = await mlip(['eval', 'retrieval', '--checkpoint', damaged, '--data', small.manifest]);
    expect(stderr).toContain('error MLIP_E_CHECKPOINT_CORRUPT: ');
    expect(status).toBe(3);
  });

  it('a split without pairs', async () => {
    const args = [
      'eval',
      'retrieval',
      '--checkpoint',
      small.path('whole'),
      '--data',
      small.manifest,
      '--split',
      'test',
    ];
    const { status, stderr } = await mlip(args);
    expect(stderr).toContain('error MLIP_E_EVALUATION_NO_PAIRS: the manifest has no usable pairs of the split test');
    expect(status).toBe(3);
  });
});
