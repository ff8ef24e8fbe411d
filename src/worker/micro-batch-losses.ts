/**
 * The losses within a micro-batch and their gradients: token-knowledge-patch alignment, image-text matching and text
 * swapping. Their values are divided by the size of the global batch, so that they add up over micro-batches.
 */
import * as tf from '@tensorflow/tfjs-core';
import { partsOf, type MethodParts } from '../config/parts.js';
import type { Config } from '../config/schema.js';
import { dropoutOf } from '../encoders/forward-context.js';
import { fusion } from '../encoders/fusion.js';
import { scoped } from '../encoders/layers.js';
import { maskOfWords } from '../encoders/words.js';
import { matchingLogits, swappingLogits } from '../encoders/proxy-heads.js';
import { clipWeights } from '../losses/clip-weights.js';
import { drawIndices, hardNegativeWeights } from '../losses/hard-negatives.js';
import { knowledgeAlignment } from '../losses/knowledge-alignment.js';
import { localAlignment } from '../losses/local-alignment.js';
import { matchingLoss } from '../losses/matching.js';
import { swappingLoss } from '../losses/swapping.js';
import { lossesAndGradients, type LossesAndGradients, type WeightedLosses } from './losses-and-gradients.js';

export interface MicroBatchLossInputs {
  [key: string]: tf.NamedTensorMap | tf.Tensor;
  /** Fusion encoder and heads of the proxies, by their names. */
  parameters: tf.NamedTensorMap;
  /** Outputs of the encoders that are differentiated: words, patches, concepts, hidden, tokens. */
  features: tf.NamedTensorMap;
  /** What is not: embeddings, attention, masks, links, draws. */
  given: tf.NamedTensorMap;
  /** int32 [2]. */
  seed: tf.Tensor1D;
}

/** Names of the losses that a configuration has within micro-batches, `loss` among them; none where it has no such loss. */
export function microBatchLossNames({ local, knowledge, itm, ts }: MethodParts): string[] {
  const named = { loss_local: local, loss_knowledge: local && knowledge, loss_itm: itm, loss_ts: ts };
  const names = Object.entries(named).flatMap(([name, used]) => (used ? [name] : []));
  return names.length === 0 ? [] : ['loss', ...names];
}

/** Gradients by the names of `parameters` and `features`. */
export function microBatchLosses(
  { parameters, features, given, seed }: MicroBatchLossInputs,
  config: Config,
): LossesAndGradients {
  return lossesAndGradients({ ...parameters, ...features }, (variables) => {
    const all = { ...given, ...variables };
    return { ...alignment(all, config), ...proxies(all, seed, config) };
  });
}

function alignment(all: tf.NamedTensorMap, config: Config): WeightedLosses {
  const { weight, temperature } = config.loss.local;
  const parts = partsOf(config);
  if (!parts.local) return {};
  const options = { temperature, batchSize: config.batchSize };
  const [words, patches] = [all['words'] as tf.Tensor3D, all['patches'] as tf.Tensor3D];
  const wordMask = maskOfWords(all['wordOfPiece'] as tf.Tensor2D, words.shape[1]);
  const wordWeights = clipWeights(all['wordWeights'] as tf.Tensor2D, wordMask);
  const patchWeights = clipWeights(all['patchWeights'] as tf.Tensor2D, tf.onesLike(all['patchWeights']) as tf.Tensor2D);
  const aligned = localAlignment({ words, patches, wordMask, wordWeights, patchWeights }, options);
  if (!parts.knowledge) return { loss_local: { value: aligned, weight } };
  const known = knowledgeAlignment(
    {
      ...{ words, patches, concepts: all['concepts'] as tf.Tensor3D, conceptIds: all['conceptIds'] as tf.Tensor2D },
      ...{ positions: all['positions'] as tf.Tensor2D, linkMask: all['linkMask'] as tf.Tensor2D },
    },
    options,
  );
  return { loss_local: { value: tf.add(aligned, known), weight }, loss_knowledge: { value: known, weight: 0 } };
}

function proxies(all: tf.NamedTensorMap, seed: tf.Tensor1D, config: Config): WeightedLosses {
  const { itm, ts } = partsOf(config);
  if (!itm && !ts) return {};
  const fused = fusedFeatures(all, seed, config);
  return { ...(itm ? matching(all, fused, config) : {}), ...(ts ? swapping(all, fused, config) : {}) };
}

/** CLS of the fusion encoder, [m, width] each. */
interface FusedFeatures {
  pair: tf.Tensor2D;
  /** With a drawn hard-negative report. */
  otherReport: tf.Tensor2D;
  /** With a drawn hard-negative image; where matching is in use. */
  otherImage?: tf.Tensor2D;
}

function fusedFeatures(all: tf.NamedTensorMap, seed: tf.Tensor1D, config: Config): FusedFeatures {
  const [hidden, mask] = [all['hidden'] as tf.Tensor3D, tf.cast(all['pieceMask'], 'float32') as tf.Tensor2D];
  const count = hidden.shape[0];
  const { otherReports, otherImages } = drawNegatives(all, config.loss.global.temperature);
  const own = tf.eye(count);
  const { itm } = partsOf(config);
  const reportOf = tf.concat2d([own, otherReports, ...(itm ? [own] : [])], 0);
  const imageOf = tf.concat2d([own, own, ...(itm ? [otherImages] : [])], 0);
  const dropout = dropoutOf('fusion', config.model.fusion.dropout, { config, training: true, seed });
  const inputs = { pieces: hidden, pieceMask: mask, reportOf, imageTokens: all['tokens'] as tf.Tensor3D, imageOf };
  const cls = fusion(scoped(all, 'fusion.'), inputs, config.model.fusion, dropout);
  const [pair, otherReport, otherImage] = tf.split<tf.Tensor2D>(cls, itm ? 3 : 2, 0);
  return itm ? { pair, otherReport, otherImage } : { pair, otherReport };
}

/** Row i: the report drawn for image i, the image drawn for report i, [m, m] each. */
function drawNegatives(all: tf.NamedTensorMap, temperature: number) {
  const [v, t] = [all['vision'] as tf.Tensor2D, all['text'] as tf.Tensor2D];
  const { imageToText, textToImage } = hardNegativeWeights(v, t, all['same'] as tf.Tensor2D, temperature);
  return {
    otherReports: drawIndices(imageToText, all['textDraws'] as tf.Tensor1D),
    otherImages: drawIndices(textToImage, all['imageDraws'] as tf.Tensor1D),
  };
}

function matching(
  all: tf.NamedTensorMap,
  { pair, otherImage, otherReport }: FusedFeatures,
  config: Config,
): WeightedLosses {
  const logits = matchingLogits(scoped(all, 'itm_head.'), tf.concat2d([pair, otherImage!, otherReport], 0));
  return { loss_itm: { value: matchingLoss(logits, config.batchSize), weight: config.loss.itm.weight } };
}

function swapping(all: tf.NamedTensorMap, { pair, otherReport }: FusedFeatures, config: Config): WeightedLosses {
  const swapped = all['swapped'] as tf.Tensor1D;
  const away = tf.mul(tf.sub(otherReport, pair), tf.expandDims(swapped, 1));
  const logits = swappingLogits(scoped(all, 'swap_head.'), tf.add(pair, away), tf.sub(otherReport, away));
  return { loss_ts: { value: swappingLoss(logits, swapped, config.batchSize), weight: config.loss.ts.weight } };
}
