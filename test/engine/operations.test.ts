/** Every operation that the model code uses, with its gradient: the engine, eager and compiled, against tfjs' CPU backend. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import { loadEngine, type Engine } from '../../src/engine/load.js';

interface Case {
  name: string;
  shapes: number[][];
  apply: (...inputs: tf.Tensor[]) => tf.Tensor;
  /** Keeps inputs away from poles and kinks. */
  positive?: boolean;
}

const MATRIX = [4, 6];
const unary = (name: string, apply: (x: tf.Tensor) => tf.Tensor, positive = false): Case => {
  return { name, shapes: [MATRIX], apply, positive };
};
const binary = (name: string, apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, shapes = [MATRIX, [6]]): Case => {
  return { name, shapes, apply, positive: true };
};

const MAP = [2, 6, 7, 3];
const map = (name: string, apply: (x: tf.Tensor4D) => tf.Tensor): Case => {
  return { name, shapes: [MAP], apply: (x) => apply(x as tf.Tensor4D) };
};
const convolution = (name: string, stride: number, padding: 'same' | 'valid'): Case => ({
  ...{ name, shapes: [MAP, [3, 3, 3, 4]] },
  apply: (x, kernel) => tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, stride, padding),
});

const CASES: Case[] = [
  unary('exp', (x) => tf.exp(x)),
  unary('erf', (x) => tf.erf(x)),
  unary('square', (x) => tf.square(x)),
  unary('sqrt', (x) => tf.sqrt(x), true),
  unary('rsqrt', (x) => tf.rsqrt(x), true),
  unary('relu', (x) => tf.relu(x)),
  unary('softmax', (x) => tf.softmax(x)),
  unary('logSoftmax', (x) => tf.logSoftmax(x)),
  unary('mean over rows', (x) => tf.mean(x, 0, true)),
  unary('sum over the last axis', (x) => tf.sum(x, -1)),
  unary('transpose', (x) => tf.transpose(x)),
  unary('reshape', (x) => tf.reshape(x, [2, 12])),
  unary('slice', (x) => tf.slice(x, [1, 2], [2, 3])),
  unary('split and concat', (x) => tf.concat(tf.split(x, 3, 1).reverse(), 1)),
  unary('cast', (x) => tf.cast(tf.greaterEqual(x, 0), 'float32')),
  unary('gather', (x) => tf.gather(x, tf.tensor1d([3, 0, 0, 2], 'int32'))),
  unary('fill', (x) => tf.mul(tf.fill([6], 1 / 3), x)),
  map('pad', (x) => tf.pad(x, [[0, 0], [1, 1], [2, 2], [0, 0]])), // prettier-ignore
  map('max-pooling', (x) => tf.maxPool(x, 3, 2, 'valid')),
  map('average pooling of one pixel', (x) => tf.avgPool(x, 1, 2, 'valid')),
  convolution('convolution', 1, 'same'),
  convolution('strided convolution', 2, 'valid'),
  binary('add', tf.add),
  binary('sub', tf.sub),
  binary('mul', tf.mul),
  binary('div', tf.div),
  binary('maximum', tf.maximum, [MATRIX, MATRIX]),
  binary('minimum', tf.minimum, [MATRIX, MATRIX]),
  binary('addN', (a, b) => tf.addN([a, b, a]), [MATRIX, MATRIX]),
  binary('matMul', (a, b) => tf.matMul(a, b, false, true), [MATRIX, [5, 6]]),
  binary('matMul in batches', (a, b) => tf.matMul(a, b, false, true), [
    [2, 3, 4, 5],
    [2, 3, 6, 5],
  ]),
];

let engine: Engine;

beforeAll(async () => {
  engine = await loadEngine({ device: 'cpu', threads: 2 });
});

afterAll(async () => {
  await tf.setBackend('tensorflow');
});

function inputsOf({ name, shapes, positive }: Case): Float32Array[] {
  return shapes.map((shape, index) => {
    const draw = random(1, name, index);
    const value = (): number => (positive ? 0.5 + draw.uniform() : draw.normal());
    return Float32Array.from({ length: tf.util.sizeFromShape(shape) }, value);
  });
}

/** Value and gradients of sum(weight * f), the weights being fixed and different. */
function valueAndGradients(one: Case, inputs: tf.Tensor[]): tf.Tensor[] {
  const weighted = (...given: tf.Tensor[]): tf.Scalar => {
    const y = one.apply(...given);
    const weights = tf.reshape(tf.cos(tf.range(0, y.size)), y.shape);
    return tf.sum(tf.mul(y, weights));
  };
  const { value, grads } = tf.valueAndGrads(weighted)(inputs);
  return [one.apply(...inputs), value, ...grads];
}

const upload = (one: Case): tf.Tensor[] => inputsOf(one).map((values, i) => tf.tensor(values, one.shapes[i]));

async function onBackend(backend: string, one: Case): Promise<Float32Array[]> {
  await tf.setBackend(backend);
  const results = tf.tidy(() => valueAndGradients(one, upload(one)));
  return Promise.all(results.map(async (tensor) => (await tensor.data()) as Float32Array));
}

function expectClose(actual: Float32Array[], expected: Float32Array[]): void {
  expect(actual.map((values) => values.length)).toEqual(expected.map((values) => values.length));
  actual.forEach((values, i) => {
    values.forEach((value, j) =>
      expect(Math.abs(value - expected[i][j])).toBeLessThan(2e-5 * (1 + Math.abs(expected[i][j]))),
    );
  });
}

describe('an operation and its gradient', () => {
  it.each(CASES.map((one) => [one.name, one] as const))(
    '%s: the engine agrees with tfjs on the CPU, eagerly and compiled',
    async (_, one) => {
      const expected = await onBackend('cpu', one);
      expectClose(await onBackend('tensorflow', one), expected);

      const inputs = upload(one);
      for (const compiler of ['xla', 'executor'] as const) {
        const name = `${one.name.replaceAll(' ', '_')}_${compiler}`;
        const compiled = engine.compile(name, (given: tf.Tensor[]) => valueAndGradients(one, given), compiler);
        const results = await compiled(inputs);
        expectClose(await Promise.all(results.map(async (tensor) => (await tensor.data()) as Float32Array)), expected);
      }
    },
  );
});
