/**
 * The global loss with the divergence encoder (method.md, "Divergence encoder"; our reconstruction):
 *
 *   C(v,t) + 1/2 [C(v_hat,t) + C(v,t_hat)] + weight [Dv(v,v_hat) + Dv(t,t_hat)]
 *
 * Without augmented features it is C(v,t), MGCA's instance-wise alignment.
 */
import * as tf from '@tensorflow/tfjs-core';
import { divergence } from './divergence.js';
import { globalContrast, type GlobalContrastOptions } from './global-contrast.js';

/** Embeddings of length 1, [B, d] each; row i of all of them belongs to pair i. */
export interface GlobalEmbeddings {
  /** Images. */
  v: tf.Tensor2D;
  /** Reports. */
  t: tf.Tensor2D;
  /** What the divergence encoder of the modality made of them. */
  vHat?: tf.Tensor2D;
  tHat?: tf.Tensor2D;
}

export interface GlobalLossOptions extends GlobalContrastOptions {
  divergenceWeight: number;
  /** Cosine up to which an augmented feature may resemble its own. */
  margin: number;
}

export interface GlobalLoss {
  loss: tf.Scalar;
  /** Dv of both modalities, summed and not yet weighted; it is part of the loss. */
  divergence: tf.Scalar;
}

export function globalLoss({ v, t, vHat, tHat }: GlobalEmbeddings, options: GlobalLossOptions): GlobalLoss {
  const { divergenceWeight, margin } = options;
  const contrasts = [globalContrast(v, t, options)];
  const divergences: tf.Scalar[] = [];
  if (vHat !== undefined) {
    contrasts.push(tf.mul(globalContrast(vHat, t, options), 0.5));
    divergences.push(divergence(v, vHat, margin));
  }
  if (tHat !== undefined) {
    contrasts.push(tf.mul(globalContrast(v, tHat, options), 0.5));
    divergences.push(divergence(t, tHat, margin));
  }
  const contrast = tf.addN(contrasts);
  if (divergences.length === 0) return { loss: contrast, divergence: tf.scalar(0) };
  const total = tf.addN(divergences);
  return { loss: tf.add(contrast, tf.mul(total, divergenceWeight)), divergence: total };
}
