/** What PyTorch computes for the modules above the encoders (test/fixtures/make_modules.py), and the comparison with it. */
import * as tf from '@tensorflow/tfjs-core';
import { join } from 'node:path';
import { expect } from 'vitest';
import { packageRoot } from '../../src/core/package-root.js';
import type { Layout } from '../../src/encoders/layout.js';
import { readSafetensors } from '../../src/safetensors/safetensors.js';
import { magnitude, relativeDifference, runOn, withGradients } from '../support/backends.js';
import type { BackendName, HostRecord, PureFunction } from '../support/backends.js';

const torch: HostRecord = Object.fromEntries(
  await readSafetensors(join(packageRoot, 'test/fixtures/modules.safetensors')),
);

/** The tensors under `prefix`, without it. */
export function fixture(prefix: string): HostRecord {
  const found = Object.entries(torch).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** Everything a module is called with: parameters, inputs and constants by their own names. */
export function argumentsOf(module: string): HostRecord {
  const parts = ['parameters', 'inputs', 'constants'].map((part) => fixture(`${module}/${part}/`));
  return Object.assign({}, ...parts) as HostRecord;
}

/** Outputs within 1e-5 and gradients of sum(outputs * weights) within 1e-4 of the largest element. */
export async function expectParity(backend: BackendName, module: string, fn: PureFunction): Promise<void> {
  const given = argumentsOf(module);
  await expectOutputs(backend, fn, given, fixture(`${module}/outputs/`));
  const weights = Object.entries(fixture(`${module}/weights/`));
  const keyed = Object.fromEntries(weights.map(([name, value]) => [`weights/${name}`, value]));
  const weighted = (inputs: tf.NamedTensorMap): tf.Scalar => {
    const outputs = fn(inputs);
    return tf.addN(weights.map(([name]) => tf.sum(tf.mul(outputs[name], inputs[`weights/${name}`])))) as tf.Scalar;
  };
  const gradients = fixture(`${module}/gradients/`);
  const found = await runOn(backend, withGradients(weighted, Object.keys(gradients)), { ...given, ...keyed });
  for (const [name, { data }] of Object.entries(gradients)) expectGradient(name, found[`gradient/${name}`].data, data);
}

export async function expectOutputs(
  backend: BackendName,
  fn: PureFunction,
  given: HostRecord,
  outputs: HostRecord,
): Promise<void> {
  const found = await runOn(backend, fn, given);
  for (const [name, { shape, data }] of Object.entries(outputs)) {
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
