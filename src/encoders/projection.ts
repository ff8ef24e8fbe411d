/** From features to embeddings: the heads of a modality and, where it is in use, its divergence encoder. */
import type * as tf from '@tensorflow/tfjs-core';
import { hasLocalEmbeddings, partsOf } from '../config/parts.js';
import { normalizeRows } from '../engine/normalize.js';
import { divergenceEncoder } from './divergence-encoder.js';
import { dropoutOf, named, sourceOf, type ForwardContext } from './forward-context.js';
import { globalHead, localHead } from './head.js';
import { scoped } from './layers.js';

/** What is projected, before the heads. */
export interface Projectable {
  /** [m, width] */
  global: tf.Tensor2D;
  /** Positions: patches or words, [m, T, width]; read in training where a loss in use needs them. */
  local?: tf.Tensor3D | undefined;
  /** [m, T], 1 for a position and 0 for padding; all are positions if not given. */
  mask?: tf.Tensor2D | undefined;
}

/** Rows of length 1. Everything optional is there in training, where a loss in use reads it. */
export interface Projection {
  /** v or t: [m, d] */
  embedding: tf.Tensor2D;
  /** Patches or words: [m, T, d]; what padding gives means nothing. */
  local?: tf.Tensor3D;
  /** v_hat or t_hat of the divergence encoder: [m, d] */
  divergent?: tf.Tensor2D;
  /** BatchNorm's statistics of the micro-batch by the names of `statisticsLayout`; none in evaluation. */
  statistics: tf.NamedTensorMap;
}

export function project(
  modality: 'vision' | 'text',
  parameters: tf.NamedTensorMap,
  { global, local, mask }: Projectable,
  context: ForwardContext,
): Projection {
  const prefix = `head.${modality}.`;
  const head = globalHead(scoped(parameters, prefix), global, sourceOf(prefix, context));
  const result = { embedding: normalizeRows(head.projected), statistics: named(prefix, head.statistics) };
  const parts = partsOf(context.config);
  if (!context.training || !hasLocalEmbeddings(parts)) return result;
  const localPrefix = `local_head.${modality}.`;
  const positions = localHead(scoped(parameters, localPrefix), local!, sourceOf(localPrefix, context), mask);
  const statistics = { ...result.statistics, ...named(localPrefix, positions.statistics) };
  const whole = { ...result, statistics, local: normalizeRows(positions.projected) };
  if (!parts.divergence) return whole;
  const { heads, dropout: rate } = context.config.model.divergence;
  const options = { heads, dropout: dropoutOf(`divergence.${modality}`, rate, context), ...(mask && { mask }) };
  const own = scoped(parameters, `divergence.${modality}.`);
  const diverging = divergenceEncoder(own, head.projected, positions.projected, options);
  return { ...whole, divergent: normalizeRows(diverging) };
}
