// `mlip ablate`, `mlip eval zero-shot` and `mlip eval probe` from end to end: real runs of a few steps, half a minute in all.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AblationReport } from '../../src/evaluation/ablation/report.js';
import type { ProbeReport } from '../../src/evaluation/evaluate-probe.js';
import type { ZeroShotReport } from '../../src/evaluation/evaluate-zero-shot.js';
import { mlip, type CliResult } from './run-cli.js';
import { smallRun, untilStep, type SmallRun } from './small-run.js';

let small: SmallRun;
beforeAll(async () => {
  small = await smallRun(64);
});
afterAll(() => small.remove());

/** The divergence encoders are the one part that is on, so the variants are `full` and `-divergence`. */
function ablate(out: string, ...more: string[]): Promise<CliResult> {
  const on = ['--set', 'loss.divergence.enabled=true', '--seeds', '1', '--data', small.manifest];
  return mlip(['ablate', small.config, ...on, '--out', small.path(out), ...more]);
}

function reportIn(out: string): AblationReport {
  return JSON.parse(readFileSync(small.path(out, 'ablation.json'), 'utf8')) as AblationReport;
}

describe('an ablation of two variants', () => {
  const out = 'ablation';
  const blocked = (): string => small.path(out, 'runs', 'without-divergence-seed-1');

  it('trains what it is asked for', async () => {
    const { status, stdout, stderr } = await ablate(out, '--steps', '2', '--only', 'full');
    expect(stderr).toContain('[1/1] full, seed 1');
    expect(stdout).toMatch(/^\| `full` \| 1 \| \d+\.\d % \| \d+\.\d % \| 0\.\d{3} \| 0\.\d{3} \|$/m);
    expect(status).toBe(0);
  });

  it('reports a run that fails with its error, keeps the others and ends with status 5', async () => {
    const before = reportIn(out).variants[0];
    writeFileSync(blocked(), 'in the way');
    const { status, stdout, stderr } = await ablate(out, '--steps', '2', '--json');
    rmSync(blocked());
    expect(stderr).toContain('[1/2] full, seed 1: done by an earlier command');
    expect(stderr).toContain('[2/2] -divergence, seed 1: failed:');
    expect(status).toBe(5);
    const report = JSON.parse(stdout) as AblationReport;
    expect(report).toEqual(reportIn(out));
    expect(report.variants[0]).toEqual(before);
    expect(report.variants[1].failed).toMatchObject([
      { seed: 1, error: { code: expect.stringMatching(/^MLIP_E_/) as string } },
    ]);
  });

  it('trains what failed when it is run again, and leaves json, table and chart', async () => {
    const { status, stdout } = await ablate(out, '--steps', '2');
    expect(status).toBe(0);
    const { variants, base } = reportIn(out);
    expect(base).toMatchObject({ recipe: 'clip-nano', manifest: small.manifest });
    expect(variants).toMatchObject([
      { variant: 'full', settings: [], runs: [{ seed: 1 }], failed: [] },
      { variant: '-divergence', settings: ['loss.divergence.enabled=false'], runs: [{ seed: 1 }], failed: [] },
    ]);
    expect(variants[1].runs[0].probe!.labels.length).toBeGreaterThan(0);
    expect(readFileSync(small.path(out, 'runs', 'without-divergence-seed-1', 'config.yaml'), 'utf8')).toMatch(
      /divergence:\n +enabled: false # flag --set loss.divergence.enabled=false/,
    );
    expect(stdout).toContain(readFileSync(small.path(out, 'ablation.md'), 'utf8').trim());
    expect(readFileSync(small.path(out, 'ablation.svg'), 'utf8')).toMatch(/^<svg [^]*>-divergence<[^]*<\/svg>\n$/);
    expect(existsSync(small.path(out, 'coordinator.lock'))).toBe(false);
  });

  it('refuses to mix results of another configuration', async () => {
    const before = reportIn(out);
    const { status, stderr } = await ablate(out, '--steps', '3');
    expect(stderr).toContain('error MLIP_E_OUT_OTHER_RUN');
    expect(stderr).toContain('steps is 3, not 2');
    expect(status).toBe(2);
    expect(reportIn(out)).toEqual(before);
  });

  it('leaves checkpoints whose labels can be scored by themselves, with the same result', async () => {
    const { runs } = reportIn(out).variants[0];
    const scored = ['--checkpoint', small.path(out, 'runs', 'full-seed-1'), '--data', small.manifest];
    const zeroShot = await mlip(['eval', 'zero-shot', ...scored, '--json']);
    expect(JSON.parse(zeroShot.stdout) as ZeroShotReport).toEqual(runs[0].zeroShot);
    const probe = await mlip(['eval', 'probe', ...scored, '--json']);
    expect(JSON.parse(probe.stdout) as ProbeReport).toEqual(runs[0].probe);
    const few = await mlip(['eval', 'probe', ...scored, '--train', '40']);
    expect(few.stdout).toContain('fitted to 40 images, scored on 8 of the split valid');
  });

  it('takes the user’s prompts, and names labels that cannot be scored', async () => {
    const prompts = small.path('own.yaml');
    const [{ label }] = reportIn(out).variants[0].runs[0].zeroShot!.labels;
    writeFileSync(prompts, `${label}: [it is there]\nfracture: [a broken rib]\n`);
    const args = [
      '--checkpoint',
      small.path(out, 'runs', 'full-seed-1'),
      '--data',
      small.manifest,
      '--prompts',
      prompts,
    ];
    const { stdout } = await mlip(['eval', 'zero-shot', ...args]);
    expect(stdout).toMatch(new RegExp(`^ {2}${label} +AUROC [01]\\.\\d{3}`, 'm'));
    expect(stdout).toMatch(/^ {2}fracture +left out: no row of the split valid has it\.$/m);
    expect(stdout).toContain(`left out: no prompts in ${prompts}`);
  });
});

it.each(['zero-shot', 'probe'])('eval %s refuses a manifest without labels', async (kind) => {
  const bare = small.path('corpus', 'bare.jsonl');
  writeFileSync(bare, readFileSync(small.manifest, 'utf8').replace(/"labels":\[[^\]]*\]/g, '"labels":[]'));
  const args = ['--checkpoint', small.path('ablation', 'runs', 'full-seed-1'), '--data', bare, '--json'];
  const { status, stdout, stderr } = await mlip(['eval', kind, ...args]);
  expect(stderr).toContain('error MLIP_E_EVALUATION_NO_LABELS: no label of the manifest can be scored');
  expect([status, stdout]).toEqual([3, '']);
});

it('an interrupted ablation goes on where it was', async () => {
  const interrupted = await new Promise<CliResult>((resolve, reject) => {
    const onStart = async (pid: number): Promise<void> => {
      await untilStep(small.path('interrupted', 'runs', 'full-seed-1'), 3);
      process.kill(pid, 'SIGINT');
    };
    const args = [
      ...['ablate', small.config, '--set', 'loss.divergence.enabled=true', '--seeds', '1', '--only', 'full'],
    ];
    const rest = ['--data', small.manifest, '--steps', '120', '--out', small.path('interrupted')];
    mlip([...args, ...rest], { onStart: ({ pid }) => void onStart(pid!).catch(reject) }).then(resolve, reject);
  });
  expect(interrupted.stderr).toContain('error MLIP_E_INTERRUPTED');
  expect(interrupted.stderr).toContain('Run the same command again');
  expect(interrupted.status).toBe(130);
  expect(reportIn('interrupted').variants).toMatchObject([{ variant: 'full', runs: [], failed: [] }]);

  const again = await ablate('interrupted', '--steps', '120', '--only', 'full');
  expect(again.stderr).toMatch(/training from step [1-9]\d* to 120/);
  expect(again.status).toBe(0);
});

describe('refused before anything is trained:', () => {
  it.each([
    [['--axes', 'divergance'], 'Did you mean divergence?', 2],
    [['--axes', 'itm'], 'clip-nano trains without itm', 2],
    [['--only', 'ful'], 'Did you mean full?', 2],
    [['--seeds', '0'], 'It must be at least 1.', 2],
    [['--pairs', '10'], '--data excludes --pairs and --hard', 2],
    [['--prompts', 'none.yaml'], 'error MLIP_E_EVALUATION_PROMPTS', 3],
    [['--data', 'none.jsonl'], 'error MLIP_E_DATA_MANIFEST_MISSING', 3],
  ])('%j', async (more, message, expected) => {
    const { status, stdout, stderr } = await ablate('refused', ...more);
    expect(stderr).toContain(message);
    expect([status, stdout]).toEqual([expected, '']);
    expect(existsSync(small.path('refused'))).toBe(false);
  });

  it('a directory that holds something else', async () => {
    const { status, stderr } = await mlip([
      'ablate',
      small.config,
      '--set',
      'loss.itm.weight=1',
      '--out',
      small.folder,
    ]);
    expect(stderr).toContain('the output directory holds something else than an ablation');
    expect(status).toBe(2);
    expect(existsSync(join(small.folder, 'ablation.json'))).toBe(false);
  });

  it('a manifest that holds no pairs out', async () => {
    const lines = readFileSync(small.manifest, 'utf8').split('\n');
    const training = lines.filter((line) => line.includes('"split":"train"'));
    writeFileSync(small.path('corpus', 'training.jsonl'), training.join('\n'));
    const { status, stderr } = await ablate('refused', '--data', small.path('corpus', 'training.jsonl'));
    expect(stderr).toContain('error MLIP_E_EVALUATION_NO_PAIRS: the manifest holds no pairs out');
    expect(status).toBe(3);
  });
});
