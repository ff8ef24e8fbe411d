// mlip weights import, export, inspect as their users run them, and a run that starts from what was imported.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { foldNumbers } from '../../src/cli/fold-numbers.js';
import { packageRoot } from '../../src/core/package-root.js';
import { readSafetensors } from '../../src/safetensors/safetensors.js';
import { mlip } from './run-cli.js';
import { metrics, smallRun } from './small-run.js';

const folder = mkdtempSync(join(tmpdir(), 'mlip-cli-weights-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fixture = (name: string): string => join(packageRoot, 'test/fixtures/weights', name);
const SIZES = ['imageSize=24', 'patchSize=8', 'width=24', 'layers=2', 'heads=3', 'mlpWidth=48'];
const SETTINGS = SIZES.flatMap((size) => ['--set', `model.vision.${size}`]);

it('imports weights, then a run starts from them and its encoder is exported', async () => {
  const run = await smallRun();
  const init = join(folder, 'init.safetensors');
  const imported = await mlip([
    'weights',
    'import',
    run.config,
    ...SETTINGS,
    '--vision',
    fixture('vit.safetensors'),
    '--out',
    init,
  ]);
  expect(imported).toMatchObject({ status: 0, stderr: '' });
  expect(imported.stdout).toContain('vision.pos_embed: positions of 5 x 5 patches resampled to 3 x 3');
  expect(imported.stdout).toContain('    model.head.weight');

  const start = [
    '--set',
    `initialWeights=${init}`,
    '--set',
    'optimizer.learningRate=1e-9',
    '--set',
    'optimizer.weightDecay=0',
  ];
  const trained = await mlip(run.train('out', ...SETTINGS, ...start, '--steps', '1'));
  expect(trained.status, trained.stderr).toBe(0);
  expect(trained.stderr).toContain(`initial weights ${init}\n`);
  expect(metrics(run.path('out'))).toHaveLength(1);

  const out = join(folder, 'encoder');
  const exported = await mlip(['weights', 'export', '--checkpoint', run.path('out'), '--to', 'timm', '--out', out]);
  expect(exported).toMatchObject({ status: 0, stderr: '' });
  expect(exported.stdout).toContain(`timm.create_model('local-dir:${out}', pretrained=True)`);
  const [source, encoder] = [
    await readSafetensors(fixture('vit.safetensors')),
    await readSafetensors(join(out, 'model.safetensors')),
  ];
  const name = 'blocks.1.attn.qkv.weight';
  const differences = encoder.get(name)!.data.map((value, i) => Math.abs(value - source.get(`model.${name}`)!.data[i]));
  expect(Math.max(...differences)).toBeLessThan(1e-6);
  run.remove();
});

it('inspects a file, as text and as JSON', async () => {
  const text = await mlip(['weights', 'inspect', fixture('vit.safetensors')]);
  expect(text.stdout).toContain('vision transformer under model.: width 24, blocks 2, patch side 8, MLP width 48');
  expect(text.stdout).toContain('model.blocks.{0-1}.attn.qkv.weight  F32 [72, 24]');
  const { stdout } = await mlip(['weights', 'inspect', fixture('bert'), '--json']);
  const { encoders, tensors } = JSON.parse(stdout) as { encoders: object[]; tensors: object[] };
  expect(encoders).toEqual([{ family: 'BERT', prefix: 'bert.', sizes: { width: 16, 'MLP width': 24, layers: 4 } }]);
  expect(tensors).toHaveLength((await readSafetensors(join(fixture('bert'), 'model.safetensors'))).size);
});

it('refuses with status 3 what does not fit, with status 2 what was not said, and leaves stdout empty', async () => {
  const out = join(folder, 'refused.safetensors');
  const wrong = await mlip([
    'weights',
    'import',
    'clip-nano',
    '--vision',
    fixture('vit.safetensors'),
    '--out',
    out,
    '--json',
  ]);
  expect(wrong).toMatchObject({ status: 3, stdout: '' });
  expect(wrong.stderr).toContain('MLIP_E_WEIGHTS_ARCHITECTURE');
  const nothing = await mlip(['weights', 'import', 'clip-nano', '--out', out]);
  expect(nothing).toMatchObject({ status: 2, stdout: '' });
  expect(existsSync(out)).toBe(false);
});

it('folds names that differ in a number, and no others', () => {
  expect(foldNumbers(['a.0.b', 'c', 'a.1.b', 'a.3.b', 'a.0.c', 'd.7.e.2'])).toEqual([
    'a.{0-1,3}.b',
    'c',
    'a.0.c',
    'd.7.e.2',
  ]);
});
