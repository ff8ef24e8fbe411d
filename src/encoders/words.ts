/** From pieces to words: the pieces of a word are summed into it, and so are their weights (method.md, as in MGCA). */
import * as tf from '@tensorflow/tfjs-core';

export interface Words {
  /** [m, T, width]; zeros where a report has fewer words. */
  words: tf.Tensor3D;
  /** [m, T]; 0 where a report has fewer words. */
  weights: tf.Tensor2D;
}

/**
 * @param hidden of the pieces, [m, L, width]
 * @param pieceWeights [m, L]
 * @param wordOfPiece int32 [m, L]: the index of the piece's word, -1 for CLS, SEP and padding
 * @param wordCount T; pieces of later words are left out
 */
export function wordsOf(
  hidden: tf.Tensor3D,
  pieceWeights: tf.Tensor2D,
  wordOfPiece: tf.Tensor2D,
  wordCount: number,
): Words {
  const [sequences, length] = pieceWeights.shape;
  // [m, L, T]: an index outside of 0..T-1 is a row of zeros.
  const membership = tf.cast(tf.oneHot(wordOfPiece, wordCount), 'float32') as tf.Tensor3D;
  const weights = tf.matMul(membership, tf.reshape<tf.Rank.R3>(pieceWeights, [sequences, length, 1]), true);
  return { words: tf.matMul(membership, hidden, true), weights: tf.reshape(weights, [sequences, wordCount]) };
}

/** Words of a report of so many pieces, CLS and SEP taken off. */
export function wordCountOf(pieces: number): number {
  return pieces - 2;
}

/** [m, T], 1 where there is a word. */
export function maskOfWords(wordOfPiece: tf.Tensor2D, count: number): tf.Tensor2D {
  const last = tf.max(wordOfPiece, 1, true);
  return tf.cast(tf.greaterEqual(last, tf.range(0, count, 1, 'int32')), 'float32');
}
