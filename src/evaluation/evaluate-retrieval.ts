/** Scores a checkpoint: encodes held-out pairs of a manifest and measures how well each half finds the other. */
import type { Logger } from '../core/log.js';
import type { Split } from '../data/manifest.js';
import { encodePairs, evaluationEngine, type PairEmbeddings } from './encode-pairs.js';
import { createEncoder } from './encoder.js';
import { choosePairs, requirePairs } from './evaluation-pairs.js';
import { labelPrecision, recallScore, type LabelPrecision, type RetrievalScore } from './retrieval.js';
import { readTrainedModel } from './trained-model.js';

export interface RetrievalOptions {
  /** Directory of a checkpoint. */
  checkpoint: string;
  /** Manifest of the pairs to score. */
  manifest: string;
  /** Pairs at most; the checkpoint's `evaluation.pairs` where it is not given. */
  pairs?: number | undefined;
  /** `valid` where the manifest has such rows, else `test`, else `train`. */
  split?: Split | undefined;
  log: Logger;
  /** Called after each batch. */
  onProgress?: (done: number, total: number) => void;
}

export interface RetrievalReport extends RetrievalScore {
  /** Where the pairs come from. Scores of `train` say little: the model has seen those pairs. */
  split: Split;
  /** Where the pairs have labels. */
  precision?: LabelPrecision;
}

/**
 * @throws MLIP_E_CHECKPOINT_*, MLIP_E_DATA_* for the manifest, MLIP_E_EVALUATION_NO_PAIRS where there is nothing to
 * score, MLIP_E_EVALUATION_NOT_FINITE, and what loading the engine throws.
 */
export async function evaluateRetrieval(options: RetrievalOptions): Promise<RetrievalReport> {
  const { manifest, split } = options;
  const model = await readTrainedModel(options.checkpoint);
  const { config } = model;
  const chosen = await choosePairs({ manifest, count: options.pairs ?? config.evaluation.pairs, split });
  const encoder = createEncoder(await evaluationEngine(config), config, model.tensors);
  const embeddings = await encodePairs(encoder, model, chosen.pairs, options).finally(() => encoder.dispose());
  requirePairs(embeddings.pairs, manifest);
  return { ...scoreEmbeddings(embeddings), split: chosen.source };
}

function scoreEmbeddings({ pairs, images, reports }: PairEmbeddings): Omit<RetrievalReport, 'split'> {
  const score = recallScore(images, reports);
  // A manifest without labels reads like one whose rows have no finding.
  if (!pairs.some(({ labels }) => labels.length > 0)) return score;
  const labels = pairs.map((pair) => pair.labels);
  return { ...score, precision: labelPrecision(images, reports, labels) };
}
