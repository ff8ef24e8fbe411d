/** The head of local features against torch.nn.BatchNorm1d over the positions that are no padding. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { updatedRunningStatistics } from '../../src/encoders/batch-norm.js';
import { globalHead, headLayout, headStateLayout, localHead } from '../../src/encoders/head.js';
import { initialTensors } from '../../src/encoders/init.js';
import { scoped } from '../../src/encoders/layers.js';
import { BACKENDS, mapValues, runOn } from '../support/backends.js';
import { argumentsOf, expectLayout, expectOutputs, expectParity, fixture } from './module-fixture.js';

const given = argumentsOf('local-head');
const running = fixture('local-head/running/');
const freshState = Object.fromEntries(initialTensors(headStateLayout(10, 8), 0));

/** Zeros where padding is: what a head makes of padding means nothing. */
const atPositions = (projected: tf.Tensor, inputs: tf.NamedTensorMap): tf.Tensor =>
  tf.mul(projected, tf.expandDims(inputs['mask'], 2));

function train(inputs: tf.NamedTensorMap) {
  const { x, mask } = inputs as { x: tf.Tensor3D; mask: tf.Tensor2D };
  return localHead(scoped(inputs, ''), x, { kind: 'batch' }, mask);
}

describe('the local head', () => {
  it('has the parameters of the global one', () => {
    expectLayout(headLayout(12, 10, 8), 'local-head');
  });

  it.each(BACKENDS)('leaves padding out of the statistics of training, as PyTorch without it, on %s', (backend) =>
    expectParity(backend, 'local-head', (inputs) => ({ projected: atPositions(train(inputs).projected, inputs) })),
  );

  it.each(BACKENDS)('updates the running statistics that PyTorch has, on %s', async (backend) => {
    const updated = (inputs: tf.NamedTensorMap): tf.NamedTensorMap =>
      updatedRunningStatistics(
        mapValues(freshState, (_, name) => inputs[name]),
        train(inputs).statistics,
      );
    expectOutputs(await runOn(backend, updated, { ...given, ...freshState }), running);
  });

  it.each(BACKENDS)('evaluates by the running statistics, as PyTorch, on %s', async (backend) => {
    const evaluate = (inputs: tf.NamedTensorMap): tf.NamedTensorMap => {
      const source = { kind: 'running', state: scoped(inputs, '') } as const;
      const { projected } = localHead(scoped(inputs, ''), inputs['x'] as tf.Tensor3D, source);
      return { projected: atPositions(projected, inputs) };
    };
    expectOutputs(await runOn(backend, evaluate, { ...given, ...running }), fixture('local-head/evaluation/'));
  });

  it('is the global head of all positions where nothing is padding', async () => {
    const both = (inputs: tf.NamedTensorMap): tf.NamedTensorMap => {
      const x = inputs['x'] as tf.Tensor3D;
      const local = localHead(scoped(inputs, ''), x, { kind: 'batch' });
      const global = globalHead(scoped(inputs, ''), tf.reshape(x, [15, 12]), { kind: 'batch' });
      return { local: local.projected, global: global.projected };
    };
    const found = await runOn('executor', both, given);
    expect(found['local'].shape).toEqual([3, 5, 8]);
    expect(found['local'].data).toEqual(found['global'].data);
  });
});
