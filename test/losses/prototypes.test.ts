/** Properties of codes, prototypes and the knowledge view; their numbers are in the golden test. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { knowledgeView } from '../../src/losses/knowledge-view.js';
import { prototypeLoss } from '../../src/losses/prototypes.js';
import { sinkhorn } from '../../src/losses/sinkhorn.js';
import { BACKENDS, relativeDifference, runOn, withGradients, type Host, type HostRecord } from '../support/backends.js';
import { allFinite, concatenated, filled, isZero, normal, rows, rowsOf, unit } from './samples.js';

const [B, K, Q, D] = [6, 5, 9, 8];
const OPTIONS = { temperature: 0.2, epsilon: 0.05, iterations: 3 };

const codesOf = async (scores: Host, iterations = 3): Promise<Host> => {
  const codes = (x: tf.NamedTensorMap): tf.Tensor =>
    sinkhorn(x['scores'] as tf.Tensor2D, { epsilon: 0.05, iterations });
  return (await runOn('executor', (x) => ({ codes: codes(x) }), { scores }))['codes'];
};

describe('Sinkhorn codes', () => {
  it('sum to 1 in each row, and use all prototypes about equally', async () => {
    const drawn = normal('scores', 40, K).data;
    const scores = filled([40, K], (i) => drawn[i] / 10);
    const found = rows(await codesOf(scores, 20));
    for (const row of found) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    const use = found[0].map((_, column) => found.reduce((sum, row) => sum + row[column], 0));
    for (const sum of use) expect(Math.abs(sum - 40 / K)).toBeLessThan(0.05 * (40 / K));
  });

  it('stay finite where exp(score / epsilon) overflows float32, or underflows', async () => {
    const extreme = filled([B, K], (i) => (i % 3) * 1000 - 1000);
    const codes = await codesOf(extreme);
    expect(allFinite({ codes })).toBe(true);
    for (const row of rows(codes)) expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });
});

describe('the prototype loss', () => {
  const views = { v: unit('v', B, D), t: unit('t', B, D), prototypes: normal('c', K, D) };
  const queues = { vQueue: unit('vq', Q, D), tQueue: unit('tq', Q, D) };

  it.each(BACKENDS)(
    'with queues takes its codes over batch and queue, and sends no gradient through them, on %s',
    async (on) => {
      const found = await runOn(on, withGradients(queued, ['v', 't', 'prototypes', 'vQueue']), { ...views, ...queues });
      const codes = await queueCodes({ ...views, ...queues });
      const expected = await runOn(on, withGradients(withCodes, ['v', 't', 'prototypes']), { ...views, ...codes });
      expect(relativeDifference(found['value'].data, expected['value'].data)).toBeLessThan(1e-5);
      for (const name of ['gradient/v', 'gradient/t', 'gradient/prototypes'])
        expect(relativeDifference(found[name].data, expected[name].data), name).toBeLessThan(1e-4);
      expect(isZero(found['gradient/vQueue'])).toBe(true);
    },
  );

  it('is another loss without the queues', async () => {
    const [joined, alone] = [
      await runOn('executor', withGradients(queued, ['v']), { ...views, ...queues }),
      await runOn('executor', withGradients(unqueued, ['v']), views),
    ];
    expect(Math.abs(joined['value'].data[0] - alone['value'].data[0])).toBeGreaterThan(1e-3);
  });

  it('does not depend on the length of the prototypes, nor on the order of the views', async () => {
    const longer = { ...views, prototypes: filled([K, D], (i) => 7 * views.prototypes.data[i]) };
    const exchanged = { ...views, v: views.t, t: views.v };
    const valueOf = async (inputs: HostRecord): Promise<number> =>
      (await runOn('eager', withGradients(unqueued, ['v']), inputs))['value'].data[0];
    const plain = await valueOf(views);
    expect(await valueOf(longer)).toBeCloseTo(plain, 5);
    expect(await valueOf(exchanged)).toBeCloseTo(plain, 5);
  });
});

const twoViews = ({ v, t }: tf.NamedTensorMap): tf.Tensor2D[] => [v as tf.Tensor2D, t as tf.Tensor2D];
const unqueued = (x: tf.NamedTensorMap): tf.Scalar =>
  prototypeLoss(twoViews(x), x['prototypes'] as tf.Tensor2D, OPTIONS);
const queued = (x: tf.NamedTensorMap): tf.Scalar => {
  const queues = [x['vQueue'] as tf.Tensor2D, x['tQueue'] as tf.Tensor2D];
  return prototypeLoss(twoViews(x), x['prototypes'] as tf.Tensor2D, { ...OPTIONS, queues });
};

/** The swapped prediction of two views against codes that are given. */
function withCodes({ v, t, prototypes, vCodes, tCodes }: tf.NamedTensorMap): tf.Scalar {
  const directions = tf.div(prototypes, tf.norm(prototypes, 2, 1, true));
  const logs = (view: tf.Tensor): tf.Tensor =>
    tf.logSoftmax(tf.div(tf.matMul(view, directions, false, true), OPTIONS.temperature));
  const both = tf.add(tf.mul(vCodes, logs(t)), tf.mul(tCodes, logs(v)));
  return tf.div(tf.neg(tf.sum(both)), 2 * B);
}

/** Codes of the concatenated scores, of which the batch's rows are taken. */
async function queueCodes({ v, t, vQueue, tQueue, prototypes }: HostRecord): Promise<HostRecord> {
  const scores = (x: Host): Host => {
    const cosine = (row: number[], to: number[]): number =>
      row.reduce((sum, value, i) => sum + value * to[i], 0) / Math.hypot(...to);
    const data = rows(x).flatMap((row) => rows(prototypes).map((to) => cosine(row, to)));
    return { shape: [x.shape[0], K], data };
  };
  const codes = async (view: Host, queue: Host): Promise<Host> =>
    rowsOf(await codesOf(scores(concatenated([view, queue]))), 0, B);
  return { vCodes: await codes(v, vQueue), tCodes: await codes(t, tQueue) };
}

describe('the knowledge view', () => {
  it.each(BACKENDS)(
    'is the report where nothing is linked, and sends such a row of concepts no gradient, on %s',
    async (on) => {
      const t = unit('t', 2, D);
      const fn = (x: tf.NamedTensorMap): tf.Tensor2D =>
        knowledgeView(x['t'] as tf.Tensor2D, x['mean'] as tf.Tensor2D, x['has']);
      const loss = (x: tf.NamedTensorMap): tf.Scalar => tf.sum(tf.mul(fn(x), x['direction']));
      const has: Host = { shape: [2, 1], data: [0, 1] };
      const inputs = { t, mean: normal('mean', 2, D), has, direction: normal('direction', 2, D) };
      const { view } = await runOn(on, (x) => ({ view: fn(x) }), inputs);
      expect(relativeDifference(rowsOf(view, 0, 1).data, rowsOf(t, 0, 1).data)).toBeLessThan(1e-6);
      expect(Math.hypot(...rows(view)[1])).toBeCloseTo(1, 5);
      const found = await runOn(on, withGradients(loss, ['t', 'mean']), inputs);
      expect(isZero(rowsOf(found['gradient/mean'], 0, 1))).toBe(true);
      expect(rowsOf(found['gradient/mean'], 1, 2).data).toEqual(rowsOf(found['gradient/t'], 1, 2).data);
    },
  );
});
