/** Pieces summed into words, against sums in PyTorch. */
import type * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { wordsOf } from '../../src/encoders/words.js';
import { BACKENDS } from '../support/backends.js';
import { expectParity } from './module-fixture.js';

describe('the words of a report', () => {
  it.each(BACKENDS)('are the sums of their pieces, without CLS, SEP and padding, on %s', (backend) =>
    expectParity(backend, 'words', (inputs) => {
      const { hidden, pieceWeights, wordOfPiece } = inputs;
      const indices = (wordOfPiece as tf.Tensor2D).toInt();
      return { ...wordsOf(hidden as tf.Tensor3D, pieceWeights as tf.Tensor2D, indices, 3) };
    }),
  );
});
