/**
 * Runs a pure function of tensors on everything that mlip's model code must agree on: tfjs' own CPU backend (the
 * reference), TensorFlow operation by operation, and TensorFlow compiled, by XLA and by its executor.
 */
import * as tf from '@tensorflow/tfjs-core';
// Brings the CPU backend and registers the gradients of all operations.
import '@tensorflow/tfjs';
import { beforeAll } from 'vitest';
import { compile } from '../../src/engine/compile.js';
import type { Compiler } from '../../src/engine/graph-function.js';
import { loadEngine } from '../../src/engine/load.js';

/** A tensor in plain memory; `dtype` float32 unless said. */
export interface Host {
  shape: number[];
  data: ArrayLike<number>;
  dtype?: 'float32' | 'int32' | 'bool';
}
export type HostRecord = Record<string, Host>;
export type PureFunction = (inputs: tf.NamedTensorMap) => tf.NamedTensorMap;

/** One thread: what a test computes takes less time than threads take to start. */
const ENGINE = { device: 'cpu', threads: 1 } as const;

export type BackendName = 'tfjs-cpu' | 'eager' | Compiler;
export const BACKENDS: readonly BackendName[] = ['tfjs-cpu', 'eager', 'xla', 'executor'];

let functions = 0;

// On a new machine the first test file fetches TensorFlow: a hook has the time for it, a test has not.
beforeAll(() => loadEngine(ENGINE));

/** Outputs of `fn` for `inputs`, computed on the named backend. */
export async function runOn(backend: BackendName, fn: PureFunction, inputs: HostRecord): Promise<HostRecord> {
  const run = backend === 'tfjs-cpu' ? await onCpu(fn) : await onTensorFlow(backend, fn);
  const uploaded = mapValues(inputs, upload);
  const outputs = await run(uploaded);
  const values = mapValues(outputs, (tensor) => ({ shape: tensor.shape, data: tensor.dataSync().slice() }));
  tf.dispose([uploaded, outputs]);
  return values;
}

type Runner = (inputs: tf.NamedTensorMap) => Promise<tf.NamedTensorMap>;

async function onCpu(fn: PureFunction): Promise<Runner> {
  await tf.setBackend('cpu');
  return async (inputs) => tf.tidy(() => fn(inputs));
}

async function onTensorFlow(backend: Exclude<BackendName, 'tfjs-cpu'>, fn: PureFunction): Promise<Runner> {
  const engine = await loadEngine(ENGINE);
  await tf.setBackend('tensorflow');
  const compiler = backend === 'eager' ? undefined : backend;
  const context = { runtime: engine.runtime, backend: engine.backend, compiler };
  return compile<tf.NamedTensorMap, tf.NamedTensorMap>(context, `test_${functions++}`, fn);
}

/** Value of a scalar function and its gradients, all in one record: `value`, and `gradient/NAME` for each of `names`. */
export function withGradients(fn: (inputs: tf.NamedTensorMap) => tf.Scalar, names: readonly string[]): PureFunction {
  return (inputs) => {
    const of = (...values: tf.Tensor[]): tf.Scalar =>
      fn({ ...inputs, ...Object.fromEntries(names.map((name, i) => [name, values[i]])) });
    const { value, grads } = tf.valueAndGrads(of)(names.map((name) => inputs[name]));
    return { value, ...Object.fromEntries(names.map((name, i) => [`gradient/${name}`, grads[i]])) };
  };
}

/** Largest |a - b| in units of the largest |b|; infinite where lengths differ or something is not a number. */
export function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  const differences = Array.from(a, (value, i) => Math.abs(value - b[i]));
  if (differences.some(Number.isNaN)) return Infinity;
  return magnitude(differences) / (magnitude(b) || 1);
}

/** Largest absolute value. */
export function magnitude(values: ArrayLike<number>): number {
  return Array.from(values).reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}

export function mapValues<A, B>(record: Record<string, A>, map: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}

function upload({ data, shape, dtype = 'float32' }: Host): tf.Tensor {
  return tf.tensor(dtype === 'float32' ? Float32Array.from(data) : Int32Array.from(data), shape, dtype);
}
