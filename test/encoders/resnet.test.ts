/** The ResNet, forward and backward, against torchvision (test/fixtures/resnet/make_fixtures.py) on every backend. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { updatedRunningStatistics, type NormSource } from '../../src/encoders/batch-norm.js';
import { encodeImages } from '../../src/encoders/dual-encoder.js';
import { modelLayout } from '../../src/encoders/model-layout.js';
import { encodeVision } from '../../src/encoders/image-encoder.js';
import { initialTensors } from '../../src/encoders/init.js';
import { noDropout } from '../../src/encoders/dropout.js';
import { scoped } from '../../src/encoders/layers.js';
import { resizeBilinear } from '../../src/encoders/resize.js';
import { resnetLayout, resnetStateLayout } from '../../src/encoders/resnet-layout.js';
import { visionShape } from '../../src/encoders/vision-shape.js';
import { resolveConfig } from '../../src/config/load.js';
import { elementCount } from '../../src/core/host-tensor.js';
import { BACKENDS, magnitude, mapValues, relativeDifference, runOn, withGradients } from '../support/backends.js';
import type { HostRecord } from '../support/backends.js';
import { config, images, parameters, projection, running, sample, small, torch, weights } from './resnet-case.js';

const encode = (inputs: tf.NamedTensorMap, source: NormSource) =>
  encodeVision(scoped(inputs, ''), inputs['images'] as tf.Tensor4D, config, { dropout: noDropout, source });

function trainingPass(inputs: tf.NamedTensorMap): tf.NamedTensorMap {
  const { global, local, statistics } = encode(inputs, { kind: 'batch' });
  const state = mapValues(running, (_, name) => inputs[name]);
  return { global, local, ...updatedRunningStatistics(state, statistics) };
}

function evaluationPass(inputs: tf.NamedTensorMap): tf.NamedTensorMap {
  const { global, local, patchWeights, statistics } = encode(inputs, { kind: 'running', state: scoped(inputs, '') });
  return { global, local, patchWeights, ...statistics };
}

function value(inputs: tf.NamedTensorMap): tf.Scalar {
  const { global, local } = encode(inputs, { kind: 'batch' });
  const { globalWeights, localWeights } = inputs;
  return tf.add(tf.sum(tf.mul(global, globalWeights)), tf.sum(tf.mul(local, localWeights)));
}

describe.each(BACKENDS)('on %s, a ResNet', (backend) => {
  it('has the features and the running statistics of training that torchvision has', async () => {
    const found = await runOn(backend, trainingPass, { ...parameters, ...running, images });
    expect(relativeDifference(sample(found['global'].data), torch['train/global'].data)).toBeLessThan(1e-4);
    expect(relativeDifference(sample(found['local'].data), torch['train/local'].data)).toBeLessThan(1e-4);
    for (const name of Object.keys(running)) {
      expect(relativeDifference(sample(found[name].data), torch[`running/${name}`].data), name).toBeLessThan(1e-5);
    }
  });

  it('has the gradients of all parameters that torchvision has', async () => {
    const names = Object.keys(parameters);
    const found = await runOn(backend, withGradients(value, names), { ...parameters, ...weights, images });
    expect(relativeDifference(found['value'].data, torch['train/value'].data)).toBeLessThan(1e-4);
    for (const name of names) {
      const gradient = found[`gradient/${name}`].data;
      const [projected, norm, largest] = Array.from(torch[`projection/${name}`].data);
      const differences = sample(gradient).map((element, i) => element - torch[`gradient/${name}`].data[i]);
      expect(magnitude(differences) / largest, name).toBeLessThan(1e-4);
      expect(Math.abs(projection(name, gradient) - projected) / norm, name).toBeLessThan(1e-4);
    }
  });

  it('has the features of evaluation that torchvision has, and leaves no statistics', async () => {
    const found = await runOn(backend, evaluationPass, { ...parameters, ...running, images });
    expect(relativeDifference(sample(found['global'].data), torch['evaluation/global'].data)).toBeLessThan(1e-4);
    expect(relativeDifference(sample(found['local'].data), torch['evaluation/local'].data)).toBeLessThan(1e-4);
    expect(Object.keys(found)).toEqual(['global', 'local', 'patchWeights']);
    expect(found['patchWeights'].shape).toEqual([4, 9]);
    expect(new Set(Array.from(found['patchWeights'].data))).toEqual(new Set([Math.fround(1 / 9)]));
  });

  it.each([4, 7, 11, 1])('resizes 7 pixels to %i as PyTorch does', async (side) => {
    const fn = ({ small: x }: tf.NamedTensorMap) => ({ resized: resizeBilinear(x as tf.Tensor4D, side) });
    const { resized } = await runOn(backend, fn, { small });
    expect(resized.shape).toEqual(torch[`resize/${side}`].shape);
    expect(relativeDifference(resized.data, torch[`resize/${side}`].data)).toBeLessThan(1e-6);
  });
});

describe('a ResNet', () => {
  it('in the dual encoder reads its running statistics in evaluation and returns none', async () => {
    const sizes = { headWidth: 8, embeddingWidth: 4 };
    const base = resolveConfig({ recipeOrFile: 'clip-nano' }).config;
    const whole = { ...base, model: { ...base.model, ...sizes, vision: config } };
    const prefix = (tensors: HostRecord): HostRecord =>
      Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`vision.${name}`, tensor]));
    const others = modelLayout(whole, 8).filter(({ name }) => name.startsWith('head.vision.'));
    const own = { ...Object.fromEntries(initialTensors(others, 1)), ...prefix({ ...parameters, ...running }) };
    const levels = { shape: [4, 24, 24], data: Array.from(images.data, (value) => (value + 1) * 127.5) };
    const evaluate = (inputs: tf.NamedTensorMap): tf.NamedTensorMap => {
      const pixels = inputs['levels'] as tf.Tensor3D;
      const { features, statistics } = encodeImages(inputs, pixels, { config: whole, training: false, state: inputs });
      return { global: features.global, ...statistics };
    };
    const found = await runOn('executor', evaluate, { ...own, levels });
    expect(Object.keys(found)).toEqual(['global']);
    expect(relativeDifference(sample(found['global'].data), torch['evaluation/global'].data)).toBeLessThan(1e-4);
  });

  it('takes a grey image for three equal channels', async () => {
    const { shape, data } = images;
    const area = shape[2] * shape[3];
    const coloured = Array.from(
      { length: 3 * data.length },
      (_, i) => data[Math.floor(i / (3 * area)) * area + (i % area)],
    );
    const three = { shape: [shape[0], 3, shape[2], shape[3]], data: coloured };
    const grey = await runOn('executor', evaluationPass, { ...parameters, ...running, images });
    const colour = await runOn('executor', evaluationPass, { ...parameters, ...running, images: three });
    expect(relativeDifference(colour['global'].data, grey['global'].data)).toBeLessThan(1e-5);
  });

  it('has the parameters and the running statistics of resnet50, at 299 pixels 19 x 19 positions', () => {
    const resnet50 = { ...config, width: 64, stages: [3, 4, 6, 3], imageSize: 224, inputSize: 299 };
    const count = (of: readonly { shape: number[] }[]): number =>
      of.reduce((sum, { shape }) => sum + elementCount(shape), 0);
    // torchvision resnet50 without fc, whose 25,557,032 parameters include 2,049,000 of it; 53 BatchNorms
    expect(count(resnetLayout(resnet50))).toBe(23_508_032);
    expect(count(resnetStateLayout(resnet50))).toBe(2 * 26_560);
    expect(resnetStateLayout(resnet50)).toHaveLength(2 * 53);
    expect(visionShape(resnet50)).toEqual({ globalWidth: 2048, localWidth: 1024, positions: 361 });
    expect(visionShape({ ...resnet50, inputSize: 0 }).positions).toBe(196);
  });
});
