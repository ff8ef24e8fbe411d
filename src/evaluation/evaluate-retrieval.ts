/** Scores a checkpoint: encodes held-out pairs of a manifest and measures how well each half finds the other. */
import type { Config } from '../config/schema.js';
import { MlipError } from '../core/errors.js';
import type { HostTensor } from '../core/host-tensor.js';
import type { Logger } from '../core/log.js';
import { evaluationBatches } from '../data/evaluation-batches.js';
import { readManifest, type Split } from '../data/manifest.js';
import { evaluationPairs, splitPairs, type EvaluationPairs, type Pair } from '../data/pairs.js';
import { createTokenizer } from '../data/tokenizer.js';
import { loadEngine } from '../engine/load.js';
import { createEncoder, type EncodedPairs } from './encoder.js';
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
  const { config, vocabulary, tensors } = await readTrainedModel(options.checkpoint);
  const { pairs, source } = await choosePairs(options, config);
  // A model that was trained on a GPU can be scored without one.
  const device = config.engine.device === 'cpu' ? 'cpu' : 'auto';
  const engine = await loadEngine({ ...config.engine, device });
  const encoder = createEncoder(engine, config, tensors);
  const tokenizer = createTokenizer(vocabulary, config.data.maxPieces);
  const parts: EncodedPairs[] = [];
  const scored: Pair[] = [];
  try {
    for await (const batch of evaluationBatches(pairs, tokenizer, config, options.log)) {
      parts.push(await encoder.encode(batch));
      scored.push(...batch.pairs);
      options.onProgress?.(scored.length, pairs.length);
    }
  } finally {
    encoder.dispose();
  }
  requirePairs(scored, options.manifest);
  return { ...scoreParts(parts, scored, config.model.embeddingWidth), split: source };
}

function scoreParts(
  parts: readonly EncodedPairs[],
  pairs: readonly Pair[],
  width: number,
): Omit<RetrievalReport, 'split'> {
  const join = (modality: keyof EncodedPairs): HostTensor => {
    const data = new Float32Array(pairs.length * width);
    let at = 0;
    for (const part of parts) {
      data.set(part[modality], at);
      at += part[modality].length;
    }
    return { shape: [pairs.length, width], data };
  };
  const [images, reports] = [join('images'), join('reports')];
  const score = recallScore(images, reports);
  // A manifest without labels reads like one whose rows have no finding.
  if (!pairs.some(({ labels }) => labels.length > 0)) return score;
  const labels = pairs.map((pair) => pair.labels);
  return { ...score, precision: labelPrecision(images, reports, labels) };
}

async function choosePairs({ manifest, pairs, split }: RetrievalOptions, config: Config): Promise<EvaluationPairs> {
  const sets = splitPairs(await readManifest(manifest));
  const count = pairs ?? config.evaluation.pairs;
  const chosen =
    split === undefined ? evaluationPairs(sets, count) : { pairs: sets[split].slice(0, count), source: split };
  requirePairs(chosen.pairs, manifest, split);
  return chosen;
}

function requirePairs(pairs: readonly Pair[], manifest: string, split?: Split): void {
  if (pairs.length > 0) return;
  const which = split === undefined ? 'usable pairs' : `usable pairs of the split ${split}`;
  throw new MlipError('MLIP_E_EVALUATION_NO_PAIRS', `the manifest has no ${which} to score`, {
    where: manifest,
    remedy: `\`mlip data check ${manifest}\` says what it holds.`,
  });
}
