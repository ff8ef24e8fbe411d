// `mlip eval separability`: probes of small checkpoints on images whose classes differ by one patch.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveCheckpoint } from '../../src/checkpoint/checkpoint.js';
import { describeSeparability } from '../../src/cli/separability-text.js';
import { resolveConfig } from '../../src/config/load.js';
import { configSchema, type Config } from '../../src/config/schema.js';
import type { HostTensors } from '../../src/core/host-tensor.js';
import { createLogger } from '../../src/core/log.js';
import { random } from '../../src/core/random.js';
import { modelLayout } from '../../src/encoders/model-layout.js';
import { initialTensors } from '../../src/encoders/init.js';
import { loadEngine } from '../../src/engine/load.js';
import { evaluateSeparability, type SeparabilityReport } from '../../src/evaluation/evaluate-separability.js';
import { mlip } from '../cli/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'mlip-separability-'));
afterAll(() => rmSync(folder, { recursive: true }));
// On a new machine this fetches TensorFlow: a hook has the time for it, a test has not.
beforeAll(() => loadEngine({ device: 'cpu', threads: 1 }));

const SIDE = 16;
const CLASSES = ['normal', 'pneumonia'] as const;
const VOCABULARY = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'clear'];
const config = smallConfig(join(folder, 'pairs.jsonl'));

function smallConfig(manifest: string): Config {
  const nano = resolveConfig({ recipeOrFile: 'clip-nano' }).config;
  const size = { width: 8, layers: 1, heads: 2, mlpWidth: 16 };
  const vision = { ...nano.model.vision, ...size, imageSize: SIDE };
  const text = { ...nano.model.text, ...size, maxPositions: 8 };
  return configSchema.parse({
    ...nano,
    data: { ...nano.data, manifest, resize: SIDE, maxPieces: 8, maxBadShare: 0.05 },
    model: { ...nano.model, vision, text, headWidth: 8, embeddingWidth: 8, fusion: { ...nano.model.fusion, heads: 2 } },
    evaluation: { ...nano.evaluation, batchSize: 16 },
    engine: { ...nano.engine, threads: 1 },
  });
}

/** Writes a checkpoint of the initial weights, after `change`, and returns its path. */
async function checkpoint(name: string, change: (weights: HostTensors) => void = () => undefined): Promise<string> {
  const model = initialTensors(modelLayout(config, VOCABULARY.length), config.seed);
  change(model);
  const files = { 'config.json': JSON.stringify(config), 'vocab.txt': `${VOCABULARY.join('\n')}\n` };
  const state = { step: 1, runId: name, seed: config.seed, world: 1, configHash: 'none' };
  const { path } = await saveCheckpoint(join(folder, name), { state, model, optimizer: new Map(), files });
  return path;
}

/** Multiplies and shifts all weights of which the name begins so. */
const disturb =
  (prefix: string) =>
  (weights: HostTensors): void => {
    for (const [name, { data }] of weights) {
      const draw = random(9, name);
      if (name.startsWith(prefix)) data.forEach((value, i) => (data[i] = 2 * value + 0.3 * draw.normal()));
    }
  };

interface Row {
  image: string;
  label: string;
  split: string;
}

/** 20 training and 8 valid images of each class: noise, and for one class a patch in its place that is brighter. */
function rowsOf(): Row[] {
  const splits = [...Array<string>(20).fill('train'), ...Array<string>(8).fill('valid')];
  return CLASSES.flatMap((label) => splits.map((split, i) => ({ image: `${label}-${i}.png`, label, split })));
}

async function writeImages(list: string, rows: readonly Row[]): Promise<void> {
  mkdirSync(dirname(list), { recursive: true });
  for (const { image, label } of rows) {
    const draw = random(4, image);
    const lit = (i: number): boolean => label === CLASSES[1] && i % SIDE < 8 && i < 8 * SIDE;
    const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => draw.integer(120) + (lit(i) ? 100 : 0));
    const raw = { width: SIDE, height: SIDE, channels: 1 } as const;
    await sharp(pixels, { raw })
      .png()
      .toFile(join(dirname(list), image));
  }
}

/** Writes a list in a directory of its own, with its images. */
async function writeList(name: string, change: (rows: Row[]) => Row[] = (rows) => rows): Promise<string> {
  const list = join(folder, name, 'labels.csv');
  const rows = change(rowsOf());
  await writeImages(list, rows);
  const lines = rows.map(({ image, label, split }) => `${image},${label},${split}`);
  writeFileSync(list, ['image,label,split', ...lines].join('\n'));
  return list;
}

interface Evaluated {
  report: SeparabilityReport;
  logged: string[];
}

async function evaluate(checkpointPath: string, images: string, pixels = false): Promise<Evaluated> {
  const logged: string[] = [];
  const log = createLogger({ name: 'test', write: (line) => logged.push(line) });
  const report = await evaluateSeparability({ checkpoint: checkpointPath, images, classes: CLASSES, pixels, log });
  return { report, logged };
}

let initial: string;
let list: string;
beforeAll(async () => {
  initial = await checkpoint('initial');
  list = await writeList('plain');
});

describe('the separability of a checkpoint', () => {
  it('is that of the untrained encoder where nothing was trained', async () => {
    const { report } = await evaluate(initial, list);
    expect(report.trained).toEqual(report.untrained);
    expect(report.gain).toEqual({ value: 0, standardError: 0 });
    expect(report).toMatchObject({
      classes: CLASSES,
      train: { normal: 20, pneumonia: 20 },
      valid: { normal: 8, pneumonia: 8 },
      leftOut: 0,
      chance: { auroc: 0.5, accuracy: 0.5 },
    });
  });

  it('is found in the pixels, where it was put', async () => {
    const { report } = await evaluate(initial, list, true);
    expect(report.pixels).toEqual({ auroc: 1, standardError: 0, accuracy: 1 });
  });

  it('is of the weights of the image encoder, and of nothing behind it', async () => {
    const { report: base } = await evaluate(initial, list);
    const { report: other } = await evaluate(await checkpoint('other', disturb('vision.')), list);
    expect(other.untrained).toEqual(base.untrained);
    expect(other.trained).not.toEqual(base.trained);
    expect(other.gain.value).toBeCloseTo(other.trained.auroc - other.untrained.auroc, 12);
    const { report: heads } = await evaluate(await checkpoint('heads', disturb('head.')), list);
    expect(heads).toEqual(base);
  });

  it('is the same each time', async () => {
    const path = await checkpoint('again', disturb('vision.'));
    expect(await evaluate(path, list)).toEqual(await evaluate(path, list));
  });

  it('says how many of the valid images were trained on', async () => {
    const [normal] = CLASSES;
    const report = 'The lungs are clear today.';
    const seen = [`${normal}-20.png`, `${normal}-21.png`, `${normal}-0.png`];
    const lines = [
      ...seen.map((image) => ({ image: join(dirname(list), image), report })),
      { image: join(dirname(list), `${normal}-22.png`), report, split: 'valid' },
    ];
    expect((await evaluate(initial, list)).report.validInTraining).toBeNull();
    writeFileSync(config.data.manifest, lines.map((line) => JSON.stringify(line)).join('\n'));
    const { report: known } = await evaluate(initial, list);
    rmSync(config.data.manifest);
    expect(known.validInTraining).toBe(2);
    expect(describeSeparability(known)).toContain('trained on 2 of the 16 valid images');
  });
});

describe('bad input', () => {
  const refused = (images: string, classes: readonly [string, string] = CLASSES, path = initial) =>
    expect(
      evaluateSeparability({ checkpoint: path, images, classes, log: createLogger({ name: 'test', level: 'error' }) }),
    ).rejects;

  it('leaves out a few unreadable images, names and counts them', async () => {
    const damaged = await writeList('damaged');
    writeFileSync(join(dirname(damaged), 'normal-3.png'), 'damaged');
    rmSync(join(dirname(damaged), 'pneumonia-21.png'));
    const { report, logged } = await evaluate(initial, damaged);
    expect(report).toMatchObject({ leftOut: 2, train: { normal: 19 }, valid: { pneumonia: 7, normal: 8 } });
    expect(report.chance.accuracy).toBeCloseTo(8 / 15, 12);
    expect(logged.join('\n')).toMatch(/warn.*normal-3\.png/);
    expect(logged.join('\n')).toMatch(/warn.*pneumonia-21\.png/);
    expect(describeSeparability(report)).toContain('2 unusable images left out');
  });

  it('refuses more unreadable images than data.maxBadShare', async () => {
    const damaged = await writeList('ruined');
    for (const i of [1, 2, 3]) writeFileSync(join(dirname(damaged), `normal-${i}.png`), 'damaged');
    await refused(damaged).toMatchObject({ code: 'MLIP_E_DATA_IMAGES', message: '3 of 56 images are unusable' });
  });

  it('refuses a class that no image has, with a suggestion', async () => {
    await refused(list, ['normal', 'pnuemonia']).toMatchObject({
      code: 'MLIP_E_EVALUATION_UNKNOWN_CLASS',
      message: 'no image has the label pnuemonia',
      remedy: expect.stringContaining('Did you mean pneumonia?') as string,
    });
  });

  it.each([
    ['valid', 0, 'the class pneumonia has no usable image in the split valid'],
    ['valid', 1, 'the class pneumonia has only 1 usable image in the split valid'],
    ['train', 0, 'the class pneumonia has no usable image in the split train'],
  ])('refuses a class with too few images in the split %s (%i)', async (split, kept, message) => {
    const poor = await writeList(`poor-${split}-${kept}`, (rows) => {
      const others = rows.filter((row) => row.label !== 'pneumonia' || row.split !== split);
      return [...others, ...rows.filter((row) => !others.includes(row)).slice(0, kept)];
    });
    await refused(poor).toMatchObject({ code: 'MLIP_E_EVALUATION_TOO_FEW_IMAGES', message });
  });

  it('refuses weights that have diverged', async () => {
    const diverged = await checkpoint('diverged', (weights) => weights.get('vision.cls_token')!.data.fill(NaN));
    await refused(list, CLASSES, diverged).toMatchObject({
      code: 'MLIP_E_EVALUATION_NOT_FINITE',
      message: 'the image encoder gives NaN or infinite embeddings',
    });
  });

  it('refuses a list and a checkpoint that are not there', async () => {
    await refused(join(folder, 'none.csv')).toMatchObject({ code: 'MLIP_E_DATA_MANIFEST_MISSING' });
    await refused(list, CLASSES, join(folder, 'none')).toMatchObject({ code: 'MLIP_E_CHECKPOINT_MISSING' });
  });
});

describe('the command', () => {
  const run = (...more: string[]) => mlip(['eval', 'separability', '--checkpoint', initial, '--images', list, ...more]);

  it('prints a table for people', async () => {
    const { status, stdout } = await run('--pixels', '--classes', 'pneumonia,normal');
    expect(status).toBe(0);
    expect(stdout).toContain('linear separability of normal from pneumonia');
    expect(stdout).toContain('scored on valid  8 pneumonia, 8 normal\n');
    expect(stdout).toMatch(/^ {2}untrained +AUROC [01]\.\d{3} ± 0\.\d{3} +accuracy \d+\.\d %$/m);
    expect(stdout).toMatch(/^ {2}pixels 32 x 32 +AUROC 1\.000/m);
    expect(stdout).toMatch(/^ {2}chance +AUROC 0\.500 +accuracy 50\.0 %$/m);
  });

  it('prints one JSON object', async () => {
    const { status, stdout } = await run('--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual((await evaluate(initial, list)).report);
  });

  it('leaves stdout empty where it fails', async () => {
    const { status, stdout, stderr } = await run('--json', '--classes', 'normal,covid');
    expect(stderr).toContain('error MLIP_E_EVALUATION_UNKNOWN_CLASS: no image has the label covid');
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});
