/** AdamW and clipping against PyTorch's numbers (test/fixtures/make_fixtures.py) on every backend. */
import * as tf from '@tensorflow/tfjs-core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.js';
import { adamw, biasCorrections, type AdamWOptions } from '../../src/optim/adamw.js';
import { clipScale, globalNorm } from '../../src/optim/clip.js';
import { BACKENDS, mapValues, relativeDifference, runOn, type Host, type HostRecord } from '../support/backends.js';

type Numbers = Record<string, number[]>;
const torch = JSON.parse(readFileSync(join(packageRoot, 'test/fixtures/optimizer.json'), 'utf8')) as {
  options: AdamWOptions;
  maxNorm: number;
  shapes: Record<string, number[]>;
  start: Numbers;
  steps: { learningRate: number; gradients: Numbers; norm: number; clipped: Numbers; parameters: Numbers }[];
};

describe('AdamW', () => {
  it.each(BACKENDS)('makes the steps that PyTorch makes, on %s', async (backend) => {
    let state = { ...under('parameters', torch.start), ...under('first', zeros()), ...under('second', zeros()) };
    for (const [index, { learningRate, clipped, parameters }] of torch.steps.entries()) {
      const corrections = biasCorrections(index, torch.options);
      state = await runOn(backend, updated, {
        ...state,
        ...under('gradients', clipped),
        learningRate: scalar(learningRate),
        firstCorrection: scalar(corrections.first),
        secondCorrection: scalar(corrections.second),
      });
      for (const [name, expected] of Object.entries(parameters)) {
        expect(relativeDifference(state[`parameters/${name}`].data, expected), name).toBeLessThan(1e-6);
      }
    }
  });

  it('moves a parameter without gradient by its decay alone', async () => {
    const inputs = {
      ...under('parameters', torch.start),
      ...under('first', zeros()),
      ...under('second', zeros()),
      ...under('gradients', zeros()),
      ...{ learningRate: scalar(0.1), firstCorrection: scalar(0.1), secondCorrection: scalar(0.001) },
    };
    const found = await runOn('eager', updated, inputs);
    for (const [name, values] of Object.entries(torch.start)) {
      const decayed = values.map((value) => value * (1 - 0.1 * torch.options.weightDecay));
      expect(relativeDifference(found[`parameters/${name}`].data, decayed)).toBeLessThan(1e-6);
    }
  });
});

describe('clipping by the global norm', () => {
  it.each(BACKENDS)('gives the norm and the gradients that PyTorch gives, on %s', async (backend) => {
    for (const { gradients, norm, clipped } of torch.steps) {
      const found = await runOn(backend, clip, tensors(gradients));
      expect(relativeDifference(found['norm'].data, [norm])).toBeLessThan(1e-6);
      for (const [name, expected] of Object.entries(clipped)) {
        expect(relativeDifference(found[name].data, expected), name).toBeLessThan(1e-6);
      }
    }
  });

  it('says that the norm is not a number where a gradient is not one', async () => {
    const found = await runOn('eager', clip, { a: { shape: [2], data: [1, NaN] } });
    expect(found['norm'].data[0]).toBeNaN();
  });
});

function updated(inputs: tf.NamedTensorMap): tf.NamedTensorMap {
  const part = (prefix: string): tf.NamedTensorMap => mapValues(torch.start, (_, name) => inputs[`${prefix}/${name}`]);
  const { learningRate, firstCorrection, secondCorrection } = inputs as Record<string, tf.Scalar>;
  const state = { parameters: part('parameters'), first: part('first'), second: part('second') };
  const step = { learningRate, firstCorrection, secondCorrection };
  const next = adamw(state, part('gradients'), step, torch.options);
  const entries = Object.entries(next).flatMap(([prefix, all]: [string, tf.NamedTensorMap]) =>
    Object.entries(all).map(([name, tensor]) => [`${prefix}/${name}`, tensor] as const),
  );
  return Object.fromEntries(entries);
}

function clip(gradients: tf.NamedTensorMap): tf.NamedTensorMap {
  const norm = globalNorm(gradients);
  return { ...mapValues(gradients, (gradient) => tf.mul(gradient, clipScale(norm, torch.maxNorm))), norm };
}

const scalar = (value: number): Host => ({ shape: [], data: [value] });
const zeros = (): Numbers => mapValues(torch.start, (values) => values.map(() => 0));
const tensors = (numbers: Numbers): HostRecord =>
  mapValues(numbers, (data, name) => ({ shape: torch.shapes[name], data }));

function under(prefix: string, numbers: Numbers): HostRecord {
  return Object.fromEntries(Object.entries(tensors(numbers)).map(([name, tensor]) => [`${prefix}/${name}`, tensor]));
}
