/** What the metrics of a run say of it from the start. */
import { partsOf } from '../config/parts.js';
import type { Config } from '../config/schema.js';
import type { RunFacts } from '../metrics/coordinator-metrics.js';
import type { RunRecord } from './run-record.js';
import { PHASES, type RunSettings } from './state.js';

/** @param record of an earlier coordinator of the run */
export function factsOf(
  { runId, batchSize, saveEverySteps, resume }: RunSettings,
  config: Pick<Config, 'loss' | 'knowledge'>,
  record: RunRecord | null,
): RunFacts {
  const saved = record === null ? resume : record.checkpoint;
  return {
    ...{ runId, batchSize, saveEverySteps, savedStep: saved?.step ?? 0, states: [...PHASES, 'paused'] },
    step: record?.step ?? resume?.step ?? 0,
    continued: record !== null || resume !== null,
    temperatures: temperaturesOf(config),
  };
}

/** Of the losses that are in use. */
function temperaturesOf(config: Pick<Config, 'loss' | 'knowledge'>): Record<string, number> {
  const { global, local, prototypes } = config.loss;
  const used = partsOf(config);
  return {
    ...(global.weight > 0 && { global: global.temperature }),
    ...(used.local && { local: local.temperature }),
    ...(used.prototypes && { prototypes: prototypes.temperature }),
  };
}
