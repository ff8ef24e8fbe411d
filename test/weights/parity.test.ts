// What is exported, loaded in timm, transformers and torchvision by the lines that the export prints, computes the same.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/schema.js';
import type { HostTensor, HostTensors } from '../../src/core/host-tensor.js';
import { random } from '../../src/core/random.js';
import { createTokenizer } from '../../src/data/tokenizer.js';
import { readVocabulary } from '../../src/data/vocabulary.js';
import { encodeImages, encodeReports } from '../../src/encoders/dual-encoder.js';
import type { ForwardContext } from '../../src/encoders/forward-context.js';
import { readSafetensors, writeSafetensors } from '../../src/safetensors/safetensors.js';
import { exportWeights, type ExportTarget } from '../../src/weights/export-weights.js';
import { importWeights } from '../../src/weights/import-weights.js';
import { runOn, type HostRecord } from '../support/backends.js';
import { pythonWith } from '../support/python.js';
import { shakenTensors, smallConfig, VOCABULARY } from './small-model.js';

const PACKAGES = ['torch', 'timm', 'transformers', 'torchvision', 'safetensors'];
const python = pythonWith(PACKAGES);
const folder = mkdtempSync(join(tmpdir(), 'mlip-parity-'));
afterAll(() => rmSync(folder, { recursive: true }));

const REPORTS = [
  'No effusion. The heart.',
  'lungs',
  'The LUNG, the heart: no effusion. The heart. The heart. The heart.',
];
const COUNT = 3;
const SIDE = 24;
const config = smallConfig();
const vocabulary = await readVocabulary(VOCABULARY);
const tensors = shakenTensors(config, vocabulary.length);
/** What make_resnet.py writes. */
const RESNET = smallConfig(
  'model.vision.architecture=resnet',
  'model.vision.stages=[1, 2, 1, 1]',
  'model.vision.width=8',
);
const evaluation = (state: tf.NamedTensorMap, of = config): ForwardContext => ({ config: of, training: false, state });

/** Features by library. */
const theirs = new Map<string, HostTensor>();
let resnetFeatures: HostTensor;

describe.skipIf(python === undefined)(`exported weights (skipped where no Python has ${PACKAGES.join(', ')})`, () => {
  // One process for all: loading the libraries takes longer than everything else.
  beforeAll(async () => {
    await writeSafetensors(join(folder, 'images.safetensors'), new Map([['images', images()]]));
    runPython('make_resnet.py', [folder]);
    const cases = [
      await exported('timm', 'timm', config, tensors),
      await exported('transformers', 'transformers', config, tensors),
      await exported('torchvision', 'torchvision', RESNET, await resnet()),
      await exported('resnet in timm', 'timm', RESNET, await resnet()),
    ];
    runPython('parity.py', [], JSON.stringify(cases));
    for (const { library, features } of cases) theirs.set(library, (await readSafetensors(features)).get('features')!);
    resnetFeatures = (await readSafetensors(join(folder, 'resnet-features.safetensors'))).get('features')!;
  });

  it('give the same tokens in timm', async () => {
    const { shape, data } = theirs.get('timm')!;
    const { global, local } = await runOn('executor', (all) => imageFeatures(all, config), {
      ...inputs(),
      images: images(),
    });
    expect(shape).toEqual([COUNT, 1 + (SIDE / 8) ** 2, 24]);
    const ours = Array.from({ length: COUNT }, (_, i) => [...row(global, i), ...row(local, i)]).flat();
    expect(worst(data, ours)).toBeLessThan(1e-4);
  });

  it('give the same pieces, and the same hidden states of each, in transformers', async () => {
    const { shape, data } = theirs.get('transformers')!;
    const tokenizer = createTokenizer(vocabulary, config.data.maxPieces);
    const reports = REPORTS.map((report) => tokenizer.tokenize(report));
    const longest = Math.max(...reports.map(({ length }) => length));
    expect(shape).toEqual([COUNT, longest, 16]);
    const { local } = await runOn('executor', reportFeatures, { ...inputs(), ...pieces(reports) });
    for (const [i, { length }] of reports.entries()) {
      const expected = data.subarray(i * longest * 16, (i * longest + length) * 16);
      expect(worst(expected, row(local, i).slice(0, length * 16)), REPORTS[i]).toBeLessThan(1e-4);
    }
  });

  it.each(['torchvision', 'resnet in timm'])(
    'give the same features in %s, in the model they came from and here',
    async (library) => {
      const found = theirs.get(library)!;
      expect(worst(found.data, resnetFeatures.data)).toBeLessThan(1e-6);
      const all = Object.fromEntries(await resnet());
      const { global } = await runOn('executor', (parameters) => imageFeatures(parameters, RESNET), {
        ...all,
        images: images(),
      });
      expect(worst(found.data, global.data)).toBeLessThan(1e-4);
    },
  );
});

async function exported(library: string, to: ExportTarget, of: Config, model: HostTensors) {
  const { usage } = await exportWeights({ config: of, vocabulary, tensors: model }, { to, out: join(folder, library) });
  const features = join(folder, `${library}-features.safetensors`);
  return { library, usage, inputs: join(folder, 'images.safetensors'), reports: REPORTS, features };
}

/** A model whose image encoder is the ResNet that make_resnet.py has written. */
async function resnet(): Promise<HostTensors> {
  const out = join(folder, 'init.safetensors');
  await importWeights({ config: RESNET, vision: join(folder, 'resnet.safetensors'), out, force: true });
  return new Map([...shakenTensors(RESNET, vocabulary.length), ...(await readSafetensors(out))]);
}

function runPython(script: string, args: string[], input = ''): void {
  const { status, stderr } = spawnSync(python!, [join(import.meta.dirname, script), ...args], {
    input,
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
}

function images(): HostTensor {
  const source = random(7, 'images');
  return {
    shape: [COUNT, SIDE, SIDE],
    data: Float32Array.from({ length: COUNT * SIDE ** 2 }, () => source.integer(256)),
  };
}

function pieces(reports: { ids: Int32Array; length: number }[]): HostRecord {
  const length = config.data.maxPieces;
  const mask = reports.flatMap((report) => Array.from({ length }, (_, i) => (i < report.length ? 1 : 0)));
  const shape = [COUNT, length];
  return {
    ids: { shape, data: reports.flatMap(({ ids }) => Array.from(ids)), dtype: 'int32' },
    mask: { shape, data: mask },
  };
}

const inputs = (): HostRecord => Object.fromEntries(tensors);

function imageFeatures(all: tf.NamedTensorMap, of: Config): tf.NamedTensorMap {
  const { global, local } = encodeImages(all, all['images'] as tf.Tensor3D, evaluation(all, of)).features;
  return { global, local };
}

function reportFeatures(all: tf.NamedTensorMap): tf.NamedTensorMap {
  const [pieceIds, pieceMask] = [all['ids'], all['mask']] as tf.Tensor2D[];
  return { local: encodeReports(all, { pieceIds, pieceMask }, evaluation(all)).features.local };
}

function row({ shape, data }: HostRecord[string], index: number): number[] {
  const width = shape.slice(1).reduce((product, size) => product * size, 1);
  return Array.from(data).slice(index * width, (index + 1) * width);
}

/** Largest absolute difference. */
function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));
}
