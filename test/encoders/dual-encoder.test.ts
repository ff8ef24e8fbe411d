/** The whole dual encoder, forward and backward, against PyTorch (test/fixtures/make_fixtures.py) on every backend. */
import type * as tf from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../src/safetensors/safetensors.js';
import { packageRoot } from '../../src/core/package-root.js';
import { resolveConfig } from '../../src/config/load.js';
import { encodeImages, encodeReports } from '../../src/encoders/dual-encoder.js';
import type { ForwardContext } from '../../src/encoders/forward-context.js';
import { parametersLayout, statisticsLayout, type ModelConfig } from '../../src/encoders/model-layout.js';
import { updatedRunningStatistics } from '../../src/encoders/batch-norm.js';
import { initialTensors } from '../../src/encoders/init.js';
import { globalContrast } from '../../src/losses/global-contrast.js';
import { BACKENDS, magnitude, mapValues, relativeDifference, runOn, withGradients } from '../support/backends.js';
import type { HostRecord } from '../support/backends.js';

const fixtures = join(packageRoot, 'test/fixtures');
const {
  model: sizes,
  vocabularySize,
  temperature,
} = JSON.parse(readFileSync(join(fixtures, 'dual-encoder.json'), 'utf8')) as {
  model: Partial<ModelConfig['model']>;
  vocabularySize: number;
  temperature: number;
};
const nano = resolveConfig({ recipeOrFile: 'clip-nano' }).config;
const config: ModelConfig = { ...nano, model: { ...nano.model, ...sizes } };
const { model } = config;
const torch: HostRecord = Object.fromEntries(await readSafetensors(join(fixtures, 'dual-encoder.safetensors')));

const parameters = section('parameters/');
const gradients = section('gradients/');
const running = section('running/');
const batch = mapValues(section('inputs/'), ({ shape, data }) => ({ shape, data, dtype: 'int32' as const }));
const freshState = Object.fromEntries(initialTensors(statisticsLayout(config), 0));
const seed = { shape: [2], data: [5, 9], dtype: 'int32' as const };

/** Parameters whose gradient is zero in exact arithmetic: softmax or BatchNorm takes away what they add. */
const lastNormBiases = ['vision.norm.bias', `text.encoder.layer.${model.text.layers - 1}.output.LayerNorm.bias`];
const hasNoEffect = (name: string): boolean => name.endsWith('key.bias') || lastNormBiases.includes(name);

describe('the dual encoder', () => {
  it('has the parameters and the state that PyTorch has', () => {
    const shapesOf = (tensors: HostRecord) => Object.entries(tensors).map(([name, { shape }]) => [name, shape]);
    const layout = parametersLayout(config, vocabularySize).map(({ name, shape }) => [name, shape]);
    const state = statisticsLayout(config).map(({ name, shape }) => [name, shape]);
    expect(Object.fromEntries(layout)).toEqual(Object.fromEntries(shapesOf(parameters)));
    expect(Object.fromEntries(state)).toEqual(Object.fromEntries(shapesOf(running)));
  });

  it.each(BACKENDS)('has the loss and the gradients that PyTorch has, on %s', async (backend) => {
    const found = await runOn(backend, withGradients(loss, Object.keys(parameters)), { ...parameters, ...batch, seed });
    expect(relativeDifference(found['value'].data, torch['train/loss'].data)).toBeLessThanOrEqual(1e-5);
    for (const [name, { data }] of Object.entries(gradients)) {
      const actual = found[`gradient/${name}`].data;
      if (hasNoEffect(name)) expect(magnitude(actual), name).toBe(0);
      else
        expect(relativeDifference(withoutKeyBias(name, actual), withoutKeyBias(name, data)), name).toBeLessThan(1e-4);
    }
  });

  it.each(BACKENDS)(
    'has the embeddings and running statistics of training that PyTorch has, on %s',
    async (backend) => {
      const found = await runOn(backend, trainingPass, { ...parameters, ...freshState, ...batch, seed });
      expect(relativeDifference(found['images'].data, torch['train/images'].data)).toBeLessThan(1e-5);
      expect(relativeDifference(found['reports'].data, torch['train/reports'].data)).toBeLessThan(1e-5);
      for (const [name, { data }] of Object.entries(running)) {
        expect(relativeDifference(found[name].data, data), name).toBeLessThan(1e-5);
      }
    },
  );

  it.each(BACKENDS)('has the embeddings of evaluation that PyTorch has, on %s', async (backend) => {
    const found = await runOn(backend, evaluationPass, { ...parameters, ...running, ...batch });
    expect(relativeDifference(found['images'].data, torch['evaluation/images'].data)).toBeLessThan(1e-5);
    expect(relativeDifference(found['reports'].data, torch['evaluation/reports'].data)).toBeLessThan(1e-5);
    expect(Object.keys(found)).toEqual(['images', 'reports']);
  });

  it('refuses to train on micro-batches of one pair, and evaluates them', async () => {
    const one = mapValues(batch, ({ shape: [, ...rest], data }) => {
      const size = rest.reduce((product, length) => product * length, 1);
      return { shape: [1, ...rest], data: Array.from(data).slice(0, size), dtype: 'int32' as const };
    });
    const inputs = { ...parameters, ...running, ...one };
    await expect(runOn('xla', trainingPass, { ...inputs, seed })).rejects.toMatchObject({
      code: 'MLIP_E_CONFIG_INVALID',
      where: 'microBatchSize',
    });
    const { reports } = await runOn('xla', evaluationPass, inputs);
    const expected = Array.from(torch['evaluation/reports'].data).slice(0, model.embeddingWidth);
    expect(relativeDifference(reports.data, expected)).toBeLessThan(1e-5);
  });

  it('does not see what padding holds', async () => {
    const { pieces, mask } = batch;
    const other = Array.from(pieces.data, (piece, i) => (mask.data[i] === 1 ? piece : 3));
    const one = await runOn('xla', evaluationPass, { ...parameters, ...running, ...batch });
    const two = await runOn('xla', evaluationPass, {
      ...parameters,
      ...running,
      ...batch,
      pieces: { ...pieces, data: other },
    });
    expect(two['reports'].data).toEqual(one['reports'].data);
  });
});

describe('dropout of the dual encoder', () => {
  const dropping: ModelConfig = {
    ...config,
    model: { ...model, vision: { ...model.vision, dropout: 0.2 }, text: { ...model.text, dropout: 0.2 } },
  };
  const encode = async (backend: 'eager' | 'xla' | 'executor', seedData: number[]): Promise<HostRecord> =>
    runOn(
      backend,
      (inputs) => embeddings(inputs, { config: dropping, training: true, seed: inputs['seed'] as tf.Tensor1D }),
      { ...parameters, ...batch, seed: { ...seed, data: seedData } },
    );

  it('is a function of the seed, the same however the pass is run', async () => {
    const eager = await encode('eager', [1, 2]);
    for (const backend of ['xla', 'executor'] as const) {
      const compiled = await encode(backend, [1, 2]);
      expect(relativeDifference(compiled['images'].data, eager['images'].data)).toBeLessThan(1e-4);
      expect(relativeDifference(compiled['reports'].data, eager['reports'].data)).toBeLessThan(1e-4);
    }
  });

  it('differs between seeds and from the pass without', async () => {
    const [one, two] = [await encode('eager', [1, 2]), await encode('eager', [1, 3])];
    for (const side of ['images', 'reports']) {
      expect(relativeDifference(two[side].data, one[side].data)).toBeGreaterThan(0.05);
      expect(relativeDifference(one[side].data, torch[`train/${side}`].data)).toBeGreaterThan(0.05);
    }
  });
});

function section(prefix: string): HostRecord {
  const entries = Object.entries(torch).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

function embeddings(inputs: tf.NamedTensorMap, context: ForwardContext): tf.NamedTensorMap {
  const images = encodeImages(inputs, inputs['images'] as tf.Tensor3D, context);
  const [pieceIds, pieceMask] = [inputs['pieces'] as tf.Tensor2D, inputs['mask'] as tf.Tensor2D];
  const reports = encodeReports(inputs, { pieceIds, pieceMask }, context);
  return { images: images.embedding, reports: reports.embedding, ...images.statistics, ...reports.statistics };
}

function training(inputs: tf.NamedTensorMap): ForwardContext {
  return { config, training: true, seed: inputs['seed'] as tf.Tensor1D };
}

function loss(inputs: tf.NamedTensorMap): tf.Scalar {
  const { images, reports } = embeddings(inputs, training(inputs));
  return globalContrast(images as tf.Tensor2D, reports as tf.Tensor2D, { temperature });
}

function trainingPass(inputs: tf.NamedTensorMap): tf.NamedTensorMap {
  const { images, reports, ...statistics } = embeddings(inputs, training(inputs));
  const state = mapValues(freshState, (_, name) => inputs[name]);
  return { images, reports, ...updatedRunningStatistics(state, statistics) };
}

function evaluationPass(inputs: tf.NamedTensorMap): tf.NamedTensorMap {
  return embeddings(inputs, { config, training: false, state: inputs });
}

/** PyTorch gives the keys' part of qkv's bias its rounding, mlip a zero. */
function withoutKeyBias(name: string, values: ArrayLike<number>): number[] {
  const all = Array.from(values);
  if (!name.endsWith('attn.qkv.bias')) return all;
  const third = all.length / 3;
  return all.filter((_, i) => i < third || i >= 2 * third);
}
