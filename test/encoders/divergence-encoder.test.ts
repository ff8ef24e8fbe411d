/** The divergence encoder against the global slot of a whole timm block. */
import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { divergenceEncoder, divergenceLayout } from '../../src/encoders/divergence-encoder.js';
import { dropoutSource, noDropout, type Dropout } from '../../src/encoders/dropout.js';
import { scoped } from '../../src/encoders/layers.js';
import { BACKENDS, relativeDifference, runOn } from '../support/backends.js';
import type { BackendName, HostRecord } from '../support/backends.js';
import { argumentsOf, expectLayout, expectParity } from './module-fixture.js';

const heads = 4;
const given = argumentsOf('divergence-encoder');

function encode(inputs: tf.NamedTensorMap, dropout: Dropout, mask?: tf.Tensor2D): tf.Tensor2D {
  const { global, local } = inputs as { global: tf.Tensor2D; local: tf.Tensor3D };
  return divergenceEncoder(scoped(inputs, ''), global, local, { heads, dropout, mask });
}

describe('the divergence encoder', () => {
  it('has the parameters of a timm block', () => {
    expectLayout(divergenceLayout(8), 'divergence-encoder');
  });

  it.each(BACKENDS)('gives the global slot that PyTorch gives, with padding and without, on %s', (backend) =>
    expectParity(backend, 'divergence-encoder', (inputs) => ({
      all: encode(inputs, noDropout),
      masked: encode(inputs, noDropout, inputs['mask'] as tf.Tensor2D),
    })),
  );

  it('does not see what padding holds', async () => {
    const masked = (inputs: tf.NamedTensorMap): tf.NamedTensorMap => ({
      out: encode(inputs, noDropout, inputs['mask'] as tf.Tensor2D),
    });
    const { local, mask } = given;
    const data = Array.from(local.data, (value, i) => (mask.data[Math.floor(i / 8)] === 1 ? value : 7));
    const one = await runOn('executor', masked, given);
    const two = await runOn('executor', masked, { ...given, local: { ...local, data } });
    expect(data).not.toEqual(Array.from(local.data));
    expect(two['out'].data).toEqual(one['out'].data);
  });

  it('drops attention and what both halves add, by the seed alone', async () => {
    const drop = (backend: BackendName, seed: number[]): Promise<HostRecord> =>
      runOn(backend, (inputs) => ({ out: encode(inputs, dropoutSource(inputs['seed'] as tf.Tensor1D, 0.3, 2)) }), {
        ...given,
        seed: { shape: [2], data: seed, dtype: 'int32' },
      });
    const eager = await drop('eager', [1, 2]);
    const compiled = await drop('executor', [1, 2]);
    expect(relativeDifference(compiled['out'].data, eager['out'].data)).toBeLessThan(1e-4);
    expect(relativeDifference((await drop('eager', [1, 3]))['out'].data, eager['out'].data)).toBeGreaterThan(1e-2);
    const dropped: number[][] = [];
    const noting: Dropout = (x) => (dropped.push(x.shape), x);
    await runOn('eager', (inputs) => ({ out: encode(inputs, noting) }), given);
    expect(dropped).toEqual([
      [3, heads, 1, 7],
      [3, 8],
      [3, 8],
    ]);
  });
});
