/**
 * Hands a rank its micro-batches, decoded ahead of the step. What a batch holds is a function of (seed, epoch, step) and
 * of the data alone; which rank asks, and when, changes nothing.
 */
import type { Config } from '../config/schema.js';
import type { Logger } from '../core/log.js';
import type { Share, StepPlan } from '../core/plan.js';
import { describeDelay, withDeadline } from './deadline.js';
import { decodeThreads, poolSizeFor } from './decode-threads.js';
import { createImageStore, type ImageStore } from './image-store.js';
import { placeOf, type Pair } from './pairs.js';
import { watchStarvation } from './starvation.js';
import { createStepBuilder, type MicroBatch } from './step-builder.js';
import type { ReportTokenizer } from './tokenizer.js';

export type { MicroBatch } from './step-builder.js';

/** What the loader reads of a configuration. */
export interface LoaderConfig extends Pick<Config, 'seed' | 'data'> {
  model: { vision: Pick<Config['model']['vision'], 'imageSize'> };
  timeouts: Pick<Config['timeouts'], 'dataMs'>;
}

export interface LoaderOptions {
  /** Training pairs; the plan's rows are positions in it. */
  pairs: readonly Pair[];
  /** For messages. */
  manifestPath: string;
  tokenizer: ReportTokenizer;
  config: LoaderConfig;
  /** What each step trains on (core/plan.ts). */
  plan: (step: number) => StepPlan;
  /** Micro-batches that this rank computes. */
  share: Share;
  /** Steps `startStep` to `endStep - 1` will be asked for. */
  startStep: number;
  endStep: number;
  log: Logger;
}

export interface StepBatches {
  step: number;
  epoch: number;
  /** Those of this rank's share, in order. */
  microBatches: MicroBatch[];
  /** Time that next() waited for decoding, in ms. */
  waitMs: number;
  /** Distinct rows that this rank has found unusable since the start. */
  unusableRows: number;
}

export interface Loader {
  /**
   * The batches of a step, while the data.prefetchSteps after it are being decoded.
   *
   * @throws MlipError MLIP_E_DATA_DEADLINE after timeouts.dataMs, MLIP_E_DATA_IMAGES, MLIP_E_DATA_STORAGE
   */
  next(step: number): Promise<StepBatches>;
  /** Stops decoding; a waiting next() rejects. */
  close(): void;
}

interface Pending {
  epoch: number;
  microBatches: Promise<MicroBatch[]>;
  /** Rows whose image has not arrived. */
  missing: Set<number>;
}

export function createLoader(options: LoaderOptions): Loader {
  const { pairs, manifestPath, config, share, startStep, endStep, log } = options;
  const { prefetchSteps } = config.data;
  const { dataMs } = config.timeouts;
  const images = openImages(options);
  const { seed, data, model } = config;
  const build = createStepBuilder({ ...options, images, seed, resize: data.resize, imageSize: model.vision.imageSize });
  const starvation = watchStarvation(log);
  const pending = new Map<number, Pending>();

  function begin(step: number): Pending {
    const plan = options.plan(step);
    const missing = new Set<number>();
    const microBatches = build(plan, share, missing);
    // A step that is never asked for must not end the process; next() still sees the failure of one that is.
    microBatches.catch(() => undefined);
    return { epoch: plan.epoch, microBatches, missing };
  }

  /** Keeps `first` and the steps after it in the making, and forgets all others. */
  function advance(first: number): Pending {
    const end = Math.max(first + 1, Math.min(endStep, first + 1 + prefetchSteps));
    for (const step of pending.keys()) if (step < first || step >= end) pending.delete(step);
    for (let step = first; step < end; step++) if (!pending.has(step)) pending.set(step, begin(step));
    return pending.get(first)!;
  }

  async function next(step: number): Promise<StepBatches> {
    const started = performance.now();
    const { epoch, microBatches, missing } = advance(step);
    const decodedBefore = images.decoded;
    const late = () =>
      describeDelay({
        batch: `batch of step ${step + 1}`,
        timeoutMs: dataMs,
        missing: [...missing].map((row) => placeOf(manifestPath, pairs[row])),
        decoded: images.decoded - decodedBefore,
      });
    const ready = await withDeadline(microBatches, dataMs, late);
    const waitMs = performance.now() - started;
    starvation.record(waitMs);
    return { step, epoch, microBatches: ready, waitMs, unusableRows: images.unusable };
  }

  if (startStep < endStep) advance(startStep);
  return { next, close: () => images.close() };
}

function openImages({ pairs, manifestPath, config, log }: LoaderOptions): ImageStore {
  const wanted = config.data.decodeThreads;
  const threads = decodeThreads(wanted);
  if (threads < wanted) {
    const environment = `UV_THREADPOOL_SIZE=${poolSizeFor(wanted)}`;
    log.warn('fewer images are decoded at a time than data.decodeThreads asks for', { threads, wanted, environment });
  }
  return createImageStore({ pairs, manifestPath, data: config.data, threads, log });
}
