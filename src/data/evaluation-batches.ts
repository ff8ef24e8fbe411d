/** Pairs in order, for evaluation: evaluationImages with the reports that belong to them. */
import type { Logger } from '../core/log.js';
import { allocateReports, writeReport, type PairBatch } from './batch.js';
import { evaluationImages, type EvaluationConfig } from './evaluation-images.js';
import type { Pair } from './pairs.js';
import type { ReportTokenizer } from './tokenizer.js';

export interface EvaluationBatch extends PairBatch {
  /** The pairs in the batch: its first rows. The rows after them repeat the first, so that the shape is always the same. */
  pairs: Pair[];
}

/**
 * Batches of evaluation.batchSize. Pairs whose image is unusable are logged and left out; the caller counts what it was
 * given.
 *
 * @throws MlipError MLIP_E_DATA_DEADLINE after timeouts.dataMs, MLIP_E_DATA_STORAGE
 */
export async function* evaluationBatches(
  pairs: readonly Pair[],
  tokenizer: ReportTokenizer,
  config: EvaluationConfig,
  log: Logger,
): AsyncGenerator<EvaluationBatch> {
  const count = config.evaluation.batchSize;
  for await (const { rows, images } of evaluationImages(pairs, config, log)) {
    const reports = allocateReports(count, tokenizer.maxPieces);
    for (let at = 0; at < count; at++) writeReport(reports, at, tokenizer.tokenize((rows[at] ?? rows[0]).text));
    yield { images, ...reports, pairs: rows };
  }
}
