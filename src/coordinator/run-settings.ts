/** What a run is, from its configuration and from what an earlier coordinator left of it. */
import { createHash, randomBytes } from 'node:crypto';
import type { Config } from '../config/schema.js';
import { MlipError } from '../core/errors.js';
import { microBatchCount } from '../core/plan.js';
import type { RunRecord } from './run-record.js';
import type { RunSettings } from './state.js';

export interface RunParts {
  config: Config;
  /** Absolute. */
  out: string;
  workers: number;
  submission: string;
  resume: RunSettings['resume'];
  /** Of an earlier coordinator, whose run goes on. */
  record: RunRecord | null;
}

/** @throws MLIP_E_CONFIG_INVALID */
export function runSettings({ config, out, workers, submission, resume, record }: RunParts): RunSettings {
  requireEnoughMicroBatches(workers, config);
  const { batchSize, microBatchSize, epochs, steps, checkpoint, timeouts, elastic, integrity } = config;
  return {
    ...{
      runId: record?.runId ?? newRunId(),
      out,
      workers,
      submission,
      resume: record === null ? resume : record.resume,
    },
    ...{ configJson: JSON.stringify(config), configHash: configHashOf(config) },
    ...{ batchSize, microBatchSize, epochs, steps, saveEverySteps: checkpoint.everySteps, timeouts, elastic },
    maxSkippedSteps: integrity.maxSkippedSteps,
  };
}

export function configHashOf(config: Config): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex');
}

/** A year-to-second stamp and a random part, so that runs sort by their start. */
function newRunId(): string {
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `${stamp}-${randomBytes(3).toString('hex')}`;
}

function requireEnoughMicroBatches(workers: number, config: Config): void {
  const microBatches = microBatchCount(config);
  if (workers <= microBatches) return;
  throw new MlipError('MLIP_E_CONFIG_INVALID', `${workers} workers cannot share ${microBatches} micro-batches a step`, {
    where: 'batchSize, microBatchSize',
    remedy: `Use at most ${microBatches} workers, a larger batchSize or a smaller microBatchSize.`,
  });
}
