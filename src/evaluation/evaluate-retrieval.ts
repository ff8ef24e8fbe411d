/** Scores a checkpoint: encodes held-out pairs of a manifest and measures how well each half finds the other. */
import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import type { Split } from '../data/manifest.js';
import { encodePairs, evaluationEngine, type PairEmbeddings } from './encode-pairs.js';
import { createEncoder } from './encoder.js';
import { choosePairs, requirePairs } from './evaluation-pairs.js';
import { labelPrecision, recallScore, type RetrievalReport } from './retrieval.js';
import { reportDirectoryOf, writeRetrieval, type Evaluated } from './retrieval-report.js';
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
  /** Directory for the scores and examples to look at; that of the checkpoint's run where it is not given, null for none. */
  report?: string | null | undefined;
  log: Logger;
  /** Called after each batch. */
  onProgress?: (done: number, total: number) => void;
}

export type { RetrievalReport };

/**
 * @throws MLIP_E_CHECKPOINT_*, MLIP_E_DATA_* for the manifest, MLIP_E_EVALUATION_NO_PAIRS where there is nothing to
 * score, MLIP_E_EVALUATION_NOT_FINITE, MLIP_E_OUT_WRITE for a `report` that was asked for, and what loading the engine throws.
 */
export async function evaluateRetrieval(options: RetrievalOptions): Promise<RetrievalReport> {
  const { manifest, split } = options;
  const model = await readTrainedModel(options.checkpoint);
  const { config } = model;
  const chosen = await choosePairs({ manifest, count: options.pairs ?? config.evaluation.pairs, split });
  const encoder = createEncoder(await evaluationEngine(config), config, model.tensors);
  const embeddings = await encodePairs(encoder, model, chosen.pairs, options).finally(() => encoder.dispose());
  requirePairs(embeddings.pairs, manifest);
  const report = { ...scoreEmbeddings(embeddings), split: chosen.source };
  await leaveReport(options, { checkpoint: model.path, config, embeddings, report });
  return report;
}

/** What nobody has asked for is worth no more than a warning. */
async function leaveReport({ report, log }: RetrievalOptions, evaluated: Evaluated): Promise<void> {
  const directory = report === undefined ? reportDirectoryOf(evaluated.checkpoint) : report;
  if (directory === null) return;
  try {
    await writeRetrieval(directory, evaluated);
  } catch (error) {
    if (report !== undefined) throw error;
    log.warn(messageOf(error), { path: directory });
  }
}

function scoreEmbeddings({ pairs, images, reports }: PairEmbeddings): Omit<RetrievalReport, 'split'> {
  const score = recallScore(images, reports);
  // A manifest without labels reads like one whose rows have no finding.
  if (!pairs.some(({ labels }) => labels.length > 0)) return score;
  const labels = pairs.map((pair) => pair.labels);
  return { ...score, precision: labelPrecision(images, reports, labels) };
}
