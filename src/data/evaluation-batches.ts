/** Pairs in order and cropped from the centre, for evaluation. Nothing here is random. */
import type { Config } from '../config/schema.js';
import { MlipError } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { allocateBatch, writeReport, type PairBatch } from './batch.js';
import { createLimiter } from './concurrency.js';
import { centreCrop, copyCrop } from './crop.js';
import { describeDelay, withDeadline } from './deadline.js';
import { decodeThreads } from './decode-threads.js';
import { decodeSquare } from './image.js';
import type { Pair } from './pairs.js';
import type { ReportTokenizer } from './tokenizer.js';

export interface EvaluationBatch extends PairBatch {
  /** The pairs in the batch: its first rows. The rows after them repeat the first, so that the shape is always the same. */
  pairs: Pair[];
}

export interface EvaluationConfig extends Pick<Config, 'data'> {
  model: { vision: Pick<Config['model']['vision'], 'imageSize'> };
  evaluation: Pick<Config['evaluation'], 'batchSize'>;
  timeouts: Pick<Config['timeouts'], 'dataMs'>;
}

/**
 * Batches of evaluation.batchSize, the next being decoded while one is in use. Pairs whose image is unusable are logged
 * and left out; the caller counts what it was given.
 *
 * @throws MlipError MLIP_E_DATA_DEADLINE after timeouts.dataMs, MLIP_E_DATA_STORAGE
 */
export async function* evaluationBatches(
  pairs: readonly Pair[],
  tokenizer: ReportTokenizer,
  config: EvaluationConfig,
  log: Logger,
): AsyncGenerator<EvaluationBatch> {
  const size = config.evaluation.batchSize;
  const timeoutMs = config.timeouts.dataMs;
  const limit = createLimiter(decodeThreads(config.data.decodeThreads));
  const load = (from: number): Loading =>
    begin(pairs.slice(from, from + size), (pair) => limit(() => decode(pair, config, log)));
  let loading = load(0);
  for (let from = 0; from < pairs.length; from += size) {
    const { all, missing } = loading;
    const late = () => describeDelay({ batch: `batch of pair ${from + 1}`, timeoutMs, ...progress(size, missing) });
    const decoded = (await withDeadline(all, timeoutMs, late)).filter((item) => item !== undefined);
    loading = load(from + size);
    if (decoded.length > 0) yield assemble(decoded, tokenizer, config);
  }
}

interface Loading {
  all: Promise<(Decoded | undefined)[]>;
  /** Pairs whose image has not arrived. */
  missing: Set<Pair>;
}

function begin(pairs: readonly Pair[], read: (pair: Pair) => Promise<Decoded | undefined>): Loading {
  const missing = new Set(pairs);
  const all = Promise.all(pairs.map((pair) => read(pair).finally(() => missing.delete(pair))));
  // A batch that is never asked for must not end the process.
  all.catch(() => undefined);
  return { all, missing };
}

function progress(size: number, missing: ReadonlySet<Pair>): { missing: string[]; decoded: number } {
  const names = [...missing].map(({ line, imageName }) => `line ${line} ${imageName}`);
  return { missing: names, decoded: size - names.length };
}

interface Decoded {
  pair: Pair;
  square: Uint8Array;
}

async function decode(pair: Pair, { data }: EvaluationConfig, log: Logger): Promise<Decoded | undefined> {
  try {
    return { pair, square: (await decodeSquare(pair.image, data.resize, data)).pixels };
  } catch (error) {
    if (!(error instanceof MlipError) || error.code !== 'MLIP_E_DATA_IMAGE') throw error;
    log.warn('left an unusable image out of the evaluation', {
      line: pair.line,
      image: pair.imageName,
      reason: error.message,
    });
    return undefined;
  }
}

function assemble(decoded: readonly Decoded[], tokenizer: ReportTokenizer, config: EvaluationConfig): EvaluationBatch {
  const { imageSize } = config.model.vision;
  const origin = centreCrop(config.data.resize, imageSize);
  const batch = allocateBatch(config.evaluation.batchSize, imageSize, tokenizer.maxPieces);
  for (let at = 0; at < config.evaluation.batchSize; at++) {
    const { pair, square } = decoded[at] ?? decoded[0];
    copyCrop(square, origin, imageSize, batch.images, at);
    writeReport(batch, at, tokenizer.tokenize(pair.text));
  }
  return { ...batch, pairs: decoded.map(({ pair }) => pair) };
}
