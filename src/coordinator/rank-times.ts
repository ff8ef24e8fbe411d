/** Where the time of a step went on each rank, from their reports. */
import type { RankTimes } from './events.js';
import { microBatchesOf } from './members.js';
import type { Generation, Member } from './state.js';

const DIGITS = 6;

/** @param ranks who has committed the step, in order of rank */
export function rankTimes(generation: Generation, ranks: readonly Member[]): RankTimes[] {
  return ranks.map(({ worker, info: { host }, report }, rank) => {
    const microBatches = microBatchesOf(generation, rank);
    return { rank, worker, host, microBatches, phaseSeconds: rounded(report?.phaseSeconds ?? {}) };
  });
}

function rounded(seconds: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(seconds).map(([phase, value]) => [phase, Number(value.toFixed(DIGITS))]));
}
