/** Where the time of a step went on each rank, from their reports. */
import type { RankTimes } from './events.js';
import { microBatchesOf } from './members.js';
import type { Generation, Member } from './state.js';

/** @param ranks who has committed the step, in order of rank */
export function rankTimes(generation: Generation, ranks: readonly Member[]): RankTimes[] {
  return ranks.map(({ worker, info: { host }, report }, rank) => {
    const microBatches = microBatchesOf(generation, rank);
    return { rank, worker, host, microBatches, phaseSeconds: report?.phaseSeconds ?? {} };
  });
}
