/** Concepts in the shared embedding, against PyTorch. */
import type * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { conceptProjectionLayout, projectConcepts } from '../../src/encoders/concept-projection.js';
import { scoped } from '../../src/encoders/layers.js';
import { BACKENDS } from '../support/backends.js';
import { expectLayout, expectParity } from './module-fixture.js';

describe('the projection of concepts', () => {
  it('has a linear layer and a vector of negation', () => {
    expectLayout(conceptProjectionLayout(7, 4), 'concept-projection');
  });

  it.each(BACKENDS)('embeds a negated mention as its concept plus one vector, as PyTorch, on %s', (backend) =>
    expectParity(backend, 'concept-projection', (inputs) => {
      const { vectors, negated } = inputs as { vectors: tf.Tensor2D; negated: tf.Tensor1D };
      return { projected: projectConcepts(scoped(inputs, ''), vectors, negated) };
    }),
  );
});
