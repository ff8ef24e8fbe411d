/** Embeddings of prompts by the report encoder of a trained model. */
import type { HostTensor } from '../core/host-tensor.js';
import { allocateBatch, writeReport } from '../data/batch.js';
import { createTokenizer } from '../data/tokenizer.js';
import type { Encoder } from './encoder.js';
import { joinRows } from './join-rows.js';
import type { TrainedModel } from './trained-model.js';

/**
 * @param prompts cleaned, at least one
 * @returns [prompts, d], rows of length 1
 */
export async function encodePrompts(
  encoder: Encoder,
  { config, vocabulary }: Pick<TrainedModel, 'config' | 'vocabulary'>,
  prompts: readonly string[],
): Promise<HostTensor> {
  const { maxPieces } = config.data;
  const size = config.evaluation.batchSize;
  const tokenizer = createTokenizer(vocabulary, maxPieces);
  const parts: Float32Array[] = [];
  for (let from = 0; from < prompts.length; from += size) {
    const texts = prompts.slice(from, from + size);
    // The encoder takes pairs: the images stay black, and what comes of them is left aside.
    const batch = allocateBatch(size, config.model.vision.imageSize, maxPieces);
    for (let at = 0; at < size; at++) writeReport(batch, at, tokenizer.tokenize(texts[at] ?? texts[0]));
    parts.push((await encoder.encode({ ...batch, pairs: texts })).reports);
  }
  return joinRows(parts, prompts.length);
}
