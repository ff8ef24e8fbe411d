/** Images in order and cropped from the centre, for evaluation. Nothing here is random. */
import type { Config } from '../config/schema.js';
import { hasCode } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { createLimiter } from './concurrency.js';
import { centreCrop, copyCrop } from './crop.js';
import { describeDelay, withDeadline } from './deadline.js';
import { decodeThreads } from './decode-threads.js';
import type { ImageRow } from './image-row.js';
import { decodeSquare } from './image.js';

export interface ImageBatch<Row extends ImageRow> {
  /** The rows in the batch: its first images. The images after them repeat the first, so that the shape is always the same. */
  rows: Row[];
  /** [evaluation.batchSize, size, size] grey values */
  images: Uint8Array<ArrayBuffer>;
}

export interface EvaluationConfig {
  data: Pick<Config['data'], 'resize' | 'maxPixels' | 'decodeThreads'>;
  model: { vision: Pick<Config['model']['vision'], 'imageSize'> };
  evaluation: Pick<Config['evaluation'], 'batchSize'>;
  timeouts: Pick<Config['timeouts'], 'dataMs'>;
}

/**
 * Batches of evaluation.batchSize, the next being decoded while one is in use. Rows whose image is unusable are logged
 * and left out; the caller counts what it was given.
 *
 * @throws MlipError MLIP_E_DATA_DEADLINE after timeouts.dataMs, MLIP_E_DATA_STORAGE
 */
export async function* evaluationImages<Row extends ImageRow>(
  rows: readonly Row[],
  config: EvaluationConfig,
  log: Logger,
): AsyncGenerator<ImageBatch<Row>> {
  const size = config.evaluation.batchSize;
  const timeoutMs = config.timeouts.dataMs;
  const limit = createLimiter(decodeThreads(config.data.decodeThreads));
  const load = (from: number): Loading<Row> =>
    begin(rows.slice(from, from + size), (row) => limit(() => decode(row, config, log)));
  let loading = load(0);
  for (let from = 0; from < rows.length; from += size) {
    const { all, missing } = loading;
    const late = () => describeDelay({ batch: `batch of image ${from + 1}`, timeoutMs, ...progress(size, missing) });
    const decoded = (await withDeadline(all, timeoutMs, late)).filter((item) => item !== undefined);
    loading = load(from + size);
    if (decoded.length > 0) yield assemble(decoded, config);
  }
}

interface Loading<Row> {
  all: Promise<(Decoded<Row> | undefined)[]>;
  /** Rows whose image has not arrived. */
  missing: Set<Row>;
}

function begin<Row>(rows: readonly Row[], read: (row: Row) => Promise<Decoded<Row> | undefined>): Loading<Row> {
  const missing = new Set(rows);
  const all = Promise.all(rows.map((row) => read(row).finally(() => missing.delete(row))));
  // A batch that is never asked for must not end the process.
  all.catch(() => undefined);
  return { all, missing };
}

function progress(size: number, missing: ReadonlySet<ImageRow>): { missing: string[]; decoded: number } {
  const names = [...missing].map(({ line, imageName }) => `line ${line} ${imageName}`);
  return { missing: names, decoded: size - names.length };
}

interface Decoded<Row> {
  row: Row;
  square: Uint8Array;
}

async function decode<Row extends ImageRow>(
  row: Row,
  { data }: EvaluationConfig,
  log: Logger,
): Promise<Decoded<Row> | undefined> {
  try {
    return { row, square: (await decodeSquare(row.image, data.resize, data)).pixels };
  } catch (error) {
    if (!hasCode(error, 'MLIP_E_DATA_IMAGE')) throw error;
    log.warn('left an unusable image out of the evaluation', {
      line: row.line,
      image: row.imageName,
      reason: error.message,
    });
    return undefined;
  }
}

function assemble<Row extends ImageRow>(
  decoded: readonly Decoded<Row>[],
  { data, model, evaluation }: EvaluationConfig,
): ImageBatch<Row> {
  const size = model.vision.imageSize;
  const origin = centreCrop(data.resize, size);
  const images = new Uint8Array(evaluation.batchSize * size * size);
  for (let at = 0; at < evaluation.batchSize; at++) {
    copyCrop((decoded[at] ?? decoded[0]).square, origin, size, images, at);
  }
  return { rows: decoded.map(({ row }) => row), images };
}
