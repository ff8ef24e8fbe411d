/** How a forward pass runs, in training or in evaluation, and what its modules take from that. */
import type * as tf from '@tensorflow/tfjs-core';
import type { NormSource } from './batch-norm.js';
import { dropoutSource, noDropout, type Dropout } from './dropout.js';
import { isFrozen } from './frozen.js';
import { scoped } from './layers.js';
import type { ModelConfig } from './model-layout.js';

/** How to run: with dropout and batch statistics, or as in evaluation. */
export type ForwardContext =
  | {
      config: ModelConfig;
      training: true;
      /** int32 [2], a function of (seed, step, micro-batch). */
      seed: tf.Tensor1D;
      /** Running statistics of frozen encoders by the names of `statisticsLayout`, where there are any. */
      frozenState?: tf.NamedTensorMap;
    }
  | {
      config: ModelConfig;
      training: false;
      /** Running statistics by the names of `statisticsLayout`. */
      state: tf.NamedTensorMap;
    };

/** Dropout streams under one seed. */
const STREAMS = { vision: 0, text: 1, 'divergence.vision': 2, 'divergence.text': 3, fusion: 4 } as const;

/** The dropout of one place in the model; none in evaluation and in frozen encoders. */
export function dropoutOf(stream: keyof typeof STREAMS, rate: number, context: ForwardContext): Dropout {
  if (!context.training || isFrozen(`${stream}.`, context.config)) return noDropout;
  return dropoutSource(context.seed, rate, STREAMS[stream]);
}

/** Where the BatchNorms of the module under `prefix` take their statistics from. */
export function sourceOf(prefix: string, context: ForwardContext): NormSource {
  if (!context.training) return { kind: 'running', state: scoped(context.state, prefix) };
  if (isFrozen(prefix, context.config)) return { kind: 'running', state: scoped(context.frozenState ?? {}, prefix) };
  return { kind: 'batch' };
}

/** The statistics of the module under `prefix` by the names of `statisticsLayout`. */
export function named(prefix: string, statistics: tf.NamedTensorMap): tf.NamedTensorMap {
  return Object.fromEntries(Object.entries(statistics).map(([name, value]) => [prefix + name, value]));
}
