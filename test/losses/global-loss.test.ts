/** Properties of the global loss; its numbers are in the golden test. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { globalLoss } from '../../src/losses/global-loss.js';
import { globalContrast } from '../../src/losses/global-contrast.js';
import { mapValues, relativeDifference, runOn, withGradients, type HostRecord } from '../support/backends.js';
import { concatenated, isZero, rowsOf, unit } from './samples.js';

const [B, D] = [6, 5];
const OPTIONS = { temperature: 0.07, divergenceWeight: 0.1, margin: 0.5 };
const NAMES = ['v', 't', 'vHat', 'tHat'] as const;
type Embeddings = Record<(typeof NAMES)[number], tf.Tensor2D>;

const inputs: HostRecord = { v: unit('v', B, D), t: unit('t', B, D), vHat: unit('w', B, D), tHat: unit('u', B, D) };

describe('the global loss', () => {
  it('is the contrast of images and reports where nothing is augmented', async () => {
    const found = await runOn(
      'executor',
      ({ v, t }) => {
        const embeddings = { v: v as tf.Tensor2D, t: t as tf.Tensor2D };
        return { ...globalLoss(embeddings, OPTIONS), contrast: globalContrast(embeddings.v, embeddings.t, OPTIONS) };
      },
      { v: inputs['v'], t: inputs['t'] },
    );
    expect(found['loss'].data).toEqual(found['contrast'].data);
    expect(isZero(found['divergence'])).toBe(true);
  });

  it('holds the divergence that it returns, times its weight', async () => {
    const found = await runOn(
      'executor',
      (embeddings) => {
        const { loss, divergence } = globalLoss(embeddings as Embeddings, { ...OPTIONS, margin: -1 });
        const without = globalLoss(embeddings as Embeddings, { ...OPTIONS, margin: -1, divergenceWeight: 0 });
        return { difference: tf.sub(loss, without.loss), divergence };
      },
      inputs,
    );
    expect(found['divergence'].data[0]).toBeGreaterThan(0.1);
    expect(found['difference'].data[0]).toBeCloseTo(0.1 * found['divergence'].data[0], 4);
  });

  it('gives each worker the gradient of its own rows, the others being constants, however uneven their shares', async () => {
    const whole = await runOn('eager', withGradients(loss, NAMES), inputs);
    const shares = [];
    for (const [from, to] of [
      [0, 1],
      [1, 4],
      [4, B],
    ])
      shares.push(await ownGradients(from, to));
    for (const name of NAMES) {
      const together = concatenated(shares.map((share) => share[`gradient/${name}`]));
      expect(relativeDifference(together.data, whole[`gradient/${name}`].data), name).toBeLessThan(1e-5);
    }
  });
});

const loss = (embeddings: tf.NamedTensorMap): tf.Scalar => globalLoss(embeddings as Embeddings, OPTIONS).loss;

/** Gradients for rows `from` to `to` of every embedding; the rows before and after are no variables. */
function ownGradients(from: number, to: number): Promise<HostRecord> {
  const before = mapValues(inputs, (host) => rowsOf(host, 0, from));
  const after = mapValues(inputs, (host) => rowsOf(host, to, B));
  const own = mapValues(inputs, (host) => rowsOf(host, from, to));
  const named = (prefix: string, record: HostRecord): HostRecord =>
    Object.fromEntries(Object.entries(record).map(([name, host]) => [prefix + name, host]));
  const gathered = (tensors: tf.NamedTensorMap): tf.Scalar =>
    loss(mapValues(own, (_, name) => tf.concat([tensors[`before/${name}`], tensors[name], tensors[`after/${name}`]])));
  const all = { ...own, ...named('before/', before), ...named('after/', after) };
  return runOn('eager', withGradients(gathered, NAMES), all);
}
