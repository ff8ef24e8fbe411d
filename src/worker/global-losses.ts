/**
 * The losses over the global batch and their gradients: global contrast with divergence, and prototypes. Every worker
 * computes them from the gathered embeddings of all rows and back-propagates into its own (method.md, "The micro-batch is
 * the unit of determinism").
 */
import type * as tf from '@tensorflow/tfjs-core';
import { partsOf, type MethodParts } from '../config/parts.js';
import type { Config } from '../config/schema.js';
import { globalLoss } from '../losses/global-loss.js';
import { prototypeLoss } from '../losses/prototypes.js';
import { lossesAndGradients, type LossesAndGradients, type WeightedLosses } from './losses-and-gradients.js';

/** Embeddings that the global losses read, by the names under which they are gathered; each [B, d], rows of length 1. */
export type EmbeddingName = 'text' | 'text_divergent' | 'knowledge' | 'vision' | 'vision_divergent';

/** Views of the prototypes in the order of method.md: v, t, z. */
export const VIEWS = ['vision', 'text', 'knowledge'] as const;

/** Those that a configuration needs. */
export function gatheredNames(parts: MethodParts): EmbeddingName[] {
  return [
    'text',
    ...(parts.divergence ? (['text_divergent'] as const) : []),
    ...(parts.knowledge && parts.prototypes ? (['knowledge'] as const) : []),
    'vision',
    ...(parts.divergence ? (['vision_divergent'] as const) : []),
  ];
}

export function viewNames(parts: MethodParts): (typeof VIEWS)[number][] {
  if (!parts.prototypes) return [];
  return VIEWS.filter((name) => name !== 'knowledge' || parts.knowledge);
}

export interface GlobalLossInputs {
  [key: string]: tf.NamedTensorMap;
  embeddings: tf.NamedTensorMap;
  /** `weight` [K, d], where prototypes are in use. */
  prototypes: tf.NamedTensorMap;
  /** Recent embeddings by view, [Q, d] each; none while they are too few. */
  queues: tf.NamedTensorMap;
  /** `rows` [B, B], 1 where two rows are no negatives of each other; none where all are. */
  same: tf.NamedTensorMap;
}

export function globalLosses(
  { embeddings, prototypes, queues, same }: GlobalLossInputs,
  config: Config,
): LossesAndGradients {
  const variables = { ...embeddings, ...(prototypes['weight'] && { prototypes: prototypes['weight'] }) };
  return lossesAndGradients(variables, (given) => ({
    ...contrastOf(given, same['rows'], config.loss),
    ...prototypesOf(given, queues, config),
  }));
}

function contrastOf(
  given: tf.NamedTensorMap,
  same: tf.Tensor | undefined,
  { global, divergence }: Config['loss'],
): WeightedLosses {
  if (global.weight === 0) return {};
  const { vision: v, text: t, vision_divergent: vHat, text_divergent: tHat } = given as Record<string, tf.Tensor2D>;
  const options = { temperature: global.temperature, divergenceWeight: divergence.weight, margin: divergence.margin };
  const found = globalLoss(
    { v, t, ...(vHat && { vHat, tHat }) },
    { ...options, ...(same && { same: same as tf.Tensor2D }) },
  );
  const whole: WeightedLosses = { loss_global: { value: found.loss, weight: global.weight } };
  return vHat === undefined ? whole : { ...whole, loss_divergence: { value: found.divergence, weight: 0 } };
}

function prototypesOf(given: tf.NamedTensorMap, queues: tf.NamedTensorMap, config: Config): WeightedLosses {
  const names = viewNames(partsOf(config));
  if (names.length === 0) return {};
  const { weight, temperature, sinkhornEpsilon: epsilon, sinkhornIterations: iterations } = config.loss.prototypes;
  const recent = names[0] in queues ? { queues: names.map((name) => queues[name] as tf.Tensor2D) } : {};
  const views = names.map((name) => given[name] as tf.Tensor2D);
  const value = prototypeLoss(views, given['prototypes'] as tf.Tensor2D, {
    temperature,
    epsilon,
    iterations,
    ...recent,
  });
  return { loss_prototype: { value, weight } };
}
