/** What the proxy tasks read from fused features, against PyTorch. */
import type * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { scoped } from '../../src/encoders/layers.js';
import { matchingLayout, matchingLogits, swappingLayout, swappingLogits } from '../../src/encoders/proxy-heads.js';
import { BACKENDS } from '../support/backends.js';
import { expectLayout, expectParity } from './module-fixture.js';

describe('the heads of the proxy tasks', () => {
  it('have the parameters of torch.nn.Linear and torch.nn.Sequential', () => {
    expectLayout(matchingLayout(6), 'matching');
    expectLayout(swappingLayout(6), 'swapping');
  });

  it.each(BACKENDS)('match as PyTorch does, on %s', (backend) =>
    expectParity(backend, 'matching', (inputs) => ({
      logits: matchingLogits(scoped(inputs, ''), inputs['cls'] as tf.Tensor2D),
    })),
  );

  it.each(BACKENDS)('tell swapped pairings as PyTorch does, on %s', (backend) =>
    expectParity(backend, 'swapping', (inputs) => {
      const { first, second } = inputs as { first: tf.Tensor2D; second: tf.Tensor2D };
      return { logits: swappingLogits(scoped(inputs, ''), first, second) };
    }),
  );
});
