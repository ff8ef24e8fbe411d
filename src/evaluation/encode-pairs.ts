/** Embeddings of the pairs of a manifest by a trained model, batch by batch. */
import type { Config } from '../config/schema.js';
import type { HostTensor } from '../core/host-tensor.js';
import type { Logger } from '../core/log.js';
import { evaluationBatches } from '../data/evaluation-batches.js';
import type { Pair } from '../data/pairs.js';
import { createTokenizer } from '../data/tokenizer.js';
import { loadEngine, type Engine } from '../engine/load.js';
import type { EncodedPairs, Encoder } from './encoder.js';
import { joinRows } from './join-rows.js';
import type { TrainedModel } from './trained-model.js';

export interface PairEmbeddings {
  /** Pairs whose image could be decoded. */
  pairs: Pair[];
  /** [pairs, d], rows of length 1 */
  images: HostTensor;
  reports: HostTensor;
}

export interface EncodingOptions {
  log: Logger;
  /** Called after each batch. */
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** The engine for a trained model: one that was trained on a GPU can be scored without one. */
export async function evaluationEngine({ engine }: Config): Promise<Engine> {
  return loadEngine({ ...engine, device: engine.device === 'cpu' ? 'cpu' : 'auto' });
}

export async function encodePairs(
  encoder: Encoder,
  { config, vocabulary }: Pick<TrainedModel, 'config' | 'vocabulary'>,
  chosen: readonly Pair[],
  { log, onProgress }: EncodingOptions,
): Promise<PairEmbeddings> {
  const tokenizer = createTokenizer(vocabulary, config.data.maxPieces);
  const parts: EncodedPairs[] = [];
  const pairs: Pair[] = [];
  for await (const batch of evaluationBatches(chosen, tokenizer, config, log)) {
    parts.push(await encoder.encode(batch));
    pairs.push(...batch.pairs);
    onProgress?.(pairs.length, chosen.length);
  }
  const join = (modality: keyof EncodedPairs): HostTensor =>
    joinRows(
      parts.map((part) => part[modality]),
      pairs.length,
    );
  return { pairs, images: join('images'), reports: join('reports') };
}
