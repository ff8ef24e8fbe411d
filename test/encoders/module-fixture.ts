/** What PyTorch computes for the modules above the encoders (test/fixtures/make_modules.py), and the comparison with it. */
import * as tf from '@tensorflow/tfjs-core';
import { join } from 'node:path';
import { expect } from 'vitest';
import { packageRoot } from '../../src/core/package-root.js';
import type { Layout } from '../../src/encoders/layout.js';
import { readSafetensors } from '../../src/safetensors/safetensors.js';
import { magnitude, mapValues, relativeDifference, runOn, withGradients } from '../support/backends.js';
import type { BackendName, HostRecord, PureFunction } from '../support/backends.js';

const torch: HostRecord = Object.fromEntries(
  await readSafetensors(join(packageRoot, 'test/fixtures/modules.safetensors')),
);

/** The tensors under `prefix`, without it. */
export function fixture(prefix: string): HostRecord {
  const found = Object.entries(torch).filter(([name]) => name.startsWith(prefix));
  return mapKeys(Object.fromEntries(found), (name) => name.slice(prefix.length));
}

function mapKeys(record: HostRecord, map: (key: string) => string): HostRecord {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [map(key), value]));
}

/** Everything a module is called with: parameters, inputs and constants by their own names. */
export function argumentsOf(module: string): HostRecord {
  const [parameters, inputs, constants] = ['parameters/', 'inputs/', 'constants/'].map((part) =>
    fixture(`${module}/${part}`),
  );
  return { ...parameters, ...inputs, ...constants };
}

/** Outputs within 1e-5 and gradients of sum(outputs * weights) within 1e-4 of the largest element. */
export async function expectParity(backend: BackendName, module: string, fn: PureFunction): Promise<void> {
  const weights = mapKeys(fixture(`${module}/weights/`), (name) => `weights/${name}`);
  const [outputs, gradients] = [fixture(`${module}/outputs/`), fixture(`${module}/gradients/`)];
  const both = withOutputsAndGradients(fn, Object.keys(outputs), Object.keys(gradients));
  const found = await runOn(backend, both, { ...argumentsOf(module), ...weights });
  expectOutputs(found, outputs);
  for (const [name, { data }] of Object.entries(gradients)) expectGradient(name, found[`gradient/${name}`].data, data);
}

/** One function for both: XLA takes seconds to compile each. */
function withOutputsAndGradients(fn: PureFunction, outputs: readonly string[], names: readonly string[]): PureFunction {
  return (inputs) => {
    const kept: tf.NamedTensorMap = {};
    const weighted = (given: tf.NamedTensorMap): tf.Scalar => {
      Object.assign(kept, mapValues(fn(given), tf.keep));
      return tf.addN<tf.Scalar>(outputs.map((name) => tf.sum(tf.mul(kept[name], given[`weights/${name}`]))));
    };
    return { ...withGradients(weighted, names)(inputs), ...kept };
  };
}

/** Each of `expected` is found within 1e-5 of its largest element. */
export function expectOutputs(found: HostRecord, expected: HostRecord): void {
  for (const [name, { shape, data }] of Object.entries(expected)) {
    expect(found[name].shape, name).toEqual(shape);
    expect(relativeDifference(found[name].data, data), name).toBeLessThan(1e-5);
  }
}

/** The bias of attention's keys changes nothing: PyTorch gives it its rounding, mlip a zero. */
function expectGradient(name: string, actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  const isKeyBias = (i: number): boolean =>
    name.endsWith('key.bias') || (name.endsWith('qkv.bias') && Math.floor((3 * i) / actual.length) === 1);
  const split = (values: ArrayLike<number>, keyBias: boolean) =>
    Array.from(values).filter((_, i) => isKeyBias(i) === keyBias);
  expect(magnitude(split(actual, true)), name).toBe(0);
  expect(relativeDifference(split(actual, false), split(expected, false)), name).toBeLessThan(1e-4);
}

/** A layout has the names and the shapes that PyTorch's module has. */
export function expectLayout(layout: Layout, module: string): void {
  const shapes = Object.entries(fixture(`${module}/parameters/`)).map(([name, { shape }]) => [name, shape]);
  expect(Object.fromEntries(layout.map(({ name, shape }) => [name, shape]))).toEqual(Object.fromEntries(shapes));
}
