/**
 * Hands a rank its micro-batches, decoded ahead of the step. What a batch holds is a function of (seed, epoch, step) and
 * of the data alone; which rank asks, and when, changes nothing. The share of a rank may change with every step: what is
 * decoded of micro-batches that stay with it is kept.
 */
import type { Config } from '../config/schema.js';
import type { Logger } from '../core/log.js';
import type { Share, StepPlan } from '../core/plan.js';
import { describeDelay, withDeadline } from './deadline.js';
import { decodeThreads, poolSizeFor } from './decode-threads.js';
import { createImageStore, type ImageStore } from './image-store.js';
import { placeOf, type Pair } from './pairs.js';
import { watchStarvation } from './starvation.js';
import { createStepBuilder, type MicroBatch, type MicroBatchUnderWay } from './step-builder.js';
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
  /** Steps of the run: none beyond them is decoded. */
  endStep: number;
  log: Logger;
}

export interface StepBatches {
  step: number;
  epoch: number;
  /** Those of the share that was asked for, in order. */
  microBatches: MicroBatch[];
  /** Time that next() waited for decoding, in ms. */
  waitMs: number;
  /** Distinct rows that this rank has found unusable since the start. */
  unusableRows: number;
}

export interface Loader {
  /** Begins to decode a share of a step and of the data.prefetchSteps after it. */
  prepare(step: number, share: Share): void;
  /**
   * A share of a step, none or several micro-batches, while the data.prefetchSteps after it are being decoded. Any step may
   * be asked for, also one before.
   *
   * @throws MlipError MLIP_E_DATA_DEADLINE after timeouts.dataMs, MLIP_E_DATA_IMAGES, MLIP_E_DATA_STORAGE
   */
  next(step: number, share: Share): Promise<StepBatches>;
  /** Stops decoding; a waiting next() rejects. */
  close(): void;
}

/** A step in the making: its micro-batches by their position. */
interface Pending {
  plan: StepPlan;
  underWay: Map<number, MicroBatchUnderWay>;
}

export function createLoader(options: LoaderOptions): Loader {
  const { pairs, manifestPath, config, endStep, log } = options;
  const { prefetchSteps } = config.data;
  const { dataMs } = config.timeouts;
  const images = openImages(options);
  const { seed, data, model } = config;
  const build = createStepBuilder({ ...options, images, seed, resize: data.resize, imageSize: model.vision.imageSize });
  const starvation = watchStarvation(log);
  const pending = new Map<number, Pending>();

  function begin(plan: StepPlan, index: number): MicroBatchUnderWay {
    const underWay = build(plan, index);
    // A step that is never asked for must not end the process; next() still sees the failure of one that is.
    underWay.done.catch(() => undefined);
    return underWay;
  }

  /** A step of which this share, and nothing else, is in the making. */
  function shared(step: number, { start, end }: Share): Pending {
    const before = pending.get(step);
    const plan = before?.plan ?? options.plan(step);
    const underWay = new Map<number, MicroBatchUnderWay>();
    for (let index = start; index < end; index++) {
      underWay.set(index, before?.underWay.get(index) ?? begin(plan, index));
    }
    return { plan, underWay };
  }

  /** Keeps `first` and the steps after it in the making, and forgets all others. */
  function advance(first: number, share: Share): Pending {
    const end = Math.max(first + 1, Math.min(endStep, first + 1 + prefetchSteps));
    for (const step of pending.keys()) if (step < first || step >= end) pending.delete(step);
    for (let step = first; step < end; step++) pending.set(step, shared(step, share));
    return pending.get(first)!;
  }

  async function next(step: number, share: Share): Promise<StepBatches> {
    const started = performance.now();
    const { plan, underWay } = advance(step, share);
    const parts = [...underWay.values()];
    const decodedBefore = images.decoded;
    const late = () =>
      describeDelay({
        batch: `batch of step ${step + 1}`,
        timeoutMs: dataMs,
        missing: parts.flatMap(({ missing }) => [...missing]).map((row) => placeOf(manifestPath, pairs[row])),
        decoded: images.decoded - decodedBefore,
      });
    const microBatches = await withDeadline(Promise.all(parts.map(({ done }) => done)), dataMs, late);
    const waitMs = performance.now() - started;
    starvation.record(waitMs);
    return { step, epoch: plan.epoch, microBatches, waitMs, unusableRows: images.unusable };
  }

  return { next, prepare: (step, share) => void advance(step, share), close: () => images.close() };
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
