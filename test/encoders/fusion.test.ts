/** The fusion encoder against Hugging Face's BertLayer with cross-attention, run for every pairing on its own. */
import type * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { dropoutSource, noDropout, type Dropout } from '../../src/encoders/dropout.js';
import { fusion, fusionLayout, type FusionInputs } from '../../src/encoders/fusion.js';
import { scoped } from '../../src/encoders/layers.js';
import { BACKENDS, relativeDifference, runOn } from '../support/backends.js';
import type { BackendName, HostRecord } from '../support/backends.js';
import { argumentsOf, expectLayout, expectParity } from './module-fixture.js';

const [layers, heads, width] = [3, 2, 12];
const config = { layers, heads, mlpWidth: 20, dropout: 0 };
const given = argumentsOf('fusion');

function fuse(inputs: tf.NamedTensorMap, dropout: Dropout = noDropout): tf.NamedTensorMap {
  const of = inputs as unknown as FusionInputs;
  return { cls: fusion(scoped(inputs, ''), of, config, dropout) };
}

describe('the fusion encoder', () => {
  it('has the parameters of Hugging Face, with keys and values of the image’s width', () => {
    expectLayout(fusionLayout(config, width, 10), 'fusion');
  });

  it.each(BACKENDS)('fuses pairings as Hugging Face does, values and gradients, on %s', (backend) =>
    expectParity(backend, 'fusion', (inputs) => fuse(inputs)),
  );

  it('does not see what padding holds', async () => {
    const { pieces, pieceMask } = given;
    const data = Array.from(pieces.data, (value, i) => (pieceMask.data[Math.floor(i / width)] === 1 ? value : 7));
    const one = await runOn('executor', (inputs) => fuse(inputs), given);
    const two = await runOn('executor', (inputs) => fuse(inputs), { ...given, pieces: { ...pieces, data } });
    expect(data).not.toEqual(Array.from(pieces.data));
    expect(two['cls'].data).toEqual(one['cls'].data);
  });

  it('computes what a report alone decides once, and of the last layer CLS alone', async () => {
    const dropped: number[][] = [];
    const noting: Dropout = (x) => (dropped.push(x.shape), x);
    await runOn('eager', (inputs) => fuse(inputs, noting), given);
    const [reports, pairings, pieces, tokens] = [3, 9, 6, 5];
    const layer = (ofSelf: number, asking: number) => [
      [ofSelf, heads, asking, pieces],
      [ofSelf * asking, width],
      [pairings, heads, asking, tokens],
      [pairings * asking, width],
      [pairings * asking, width],
    ];
    expect(dropped).toEqual([...layer(reports, pieces), ...layer(pairings, pieces), ...layer(pairings, 1)]);
  });

  it('drops by the seed alone, the same however the pass is run', async () => {
    const drop = (backend: BackendName, seed: number[]): Promise<HostRecord> =>
      runOn(backend, (inputs) => fuse(inputs, dropoutSource(inputs['seed'] as tf.Tensor1D, 0.2, 4)), {
        ...given,
        seed: { shape: [2], data: seed, dtype: 'int32' },
      });
    const eager = await drop('eager', [1, 2]);
    const compiled = await drop('executor', [1, 2]);
    expect(relativeDifference(compiled['cls'].data, eager['cls'].data)).toBeLessThan(1e-4);
    expect(relativeDifference((await drop('eager', [1, 3]))['cls'].data, eager['cls'].data)).toBeGreaterThan(1e-2);
  });
});
