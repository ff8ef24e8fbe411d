/** How many workers a run is to have: those that are too many go, for those that are missing it waits. */
import { microBatchCount } from '../core/plan.js';
import type { Failure } from '../rpc/failure.js';
import { enoughIdle, startingWorkers } from './candidates.js';
import { drain } from './draining.js';
import { form } from './forming.js';
import { persist } from './record-of.js';
import type { Member, RunState } from './state.js';
import { type Transition, chain, stay } from './transition.js';

/** Why the run cannot have so many; null where it can. */
export function scaleFault({ settings }: RunState, workers: number): Failure | null {
  const { minWorkers, maxWorkers } = settings.elastic;
  const microBatches = microBatchCount(settings);
  if (workers > microBatches) return unusable(`${workers} workers cannot share ${microBatches} micro-batches a step`);
  if (maxWorkers > 0 && workers > maxWorkers)
    return unusable(`the run takes ${maxWorkers} workers at most (elastic.maxWorkers)`);
  if (workers < Math.max(1, minWorkers))
    return unusable(`the run needs ${minWorkers} workers at least (elastic.minWorkers)`);
  return null;
}

function unusable(message: string): Failure {
  return { code: 'MLIP_E_CONFIG_INVALID', message, where: '', remedy: 'Choose a number in between.' };
}

/** Who is here and has not been told to go. */
export function present({ members }: RunState): Member[] {
  return members.filter(({ leaving, standing }) => !leaving && standing !== 'failed');
}

/** @param lets whether those that are too many are told to go, or stay as spares */
export function scale(state: RunState, workers: number, lets: 'go' | 'stay', nowMs: number): Transition {
  const scaled = { ...state, wanted: workers };
  const said = stay(scaled, persist(scaled), { kind: 'announce', event: { kind: 'scaled', workers } });
  const surplus = lets === 'go' ? surplusOf(scaled, workers) : [];
  const drained = surplus.reduce(
    (transition, { worker }) => chain(transition, (next) => drain(next, worker, nowMs)),
    said,
  );
  return chain(drained, (next) => {
    const ready = next.phase === 'joining' && !next.paused && enoughIdle(next, startingWorkers(next));
    return ready ? form(next, nowMs) : stay(next);
  });
}

/** First those that take no part, then those of the highest number. */
function surplusOf(state: RunState, workers: number): Member[] {
  const here = present(state);
  const rank = ({ standing }: Member): number => (standing === 'serving' || standing === 'halting' ? 1 : 0);
  const order = here.sort((a, b) => rank(a) - rank(b) || b.worker - a.worker);
  return order.slice(0, Math.max(0, here.length - workers));
}
