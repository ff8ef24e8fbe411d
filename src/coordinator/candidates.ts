/** Who takes part in the next generation, and with which state it begins. */
import { microBatchCount } from '../core/plan.js';
import type { Member, RunState } from './state.js';

/** Workers that could take part, in order of number. */
export function idle({ members }: RunState): Member[] {
  return members.filter(({ standing }) => standing === 'idle');
}

export function enoughIdle(state: RunState, wanted: number): boolean {
  const staying = idle(state).filter(({ leaving }) => !leaving);
  return staying.length >= Math.min(wanted, mostWorkers(state));
}

/** As many as take part at most: a rank without a micro-batch would only watch. */
export function mostWorkers({ settings, wanted }: Pick<RunState, 'settings' | 'wanted'>): number {
  const { maxWorkers } = settings.elastic;
  return Math.min(microBatchCount(settings), maxWorkers || Infinity, wanted ?? Infinity);
}

/** For so many the run waits before its first step. */
export function startingWorkers({ settings, wanted }: RunState): number {
  return wanted ?? settings.workers;
}

/** With how many applied steps the next generation begins, and what has them: workers, or a checkpoint. */
export interface Beginning {
  step: number;
  /** Who holds that state; none where it is loaded. */
  holders: readonly number[];
  /** From where it is loaded where nobody holds it; empty is the very beginning. */
  checkpoint: string;
}

/** The newest state there is: what a worker holds, or a checkpoint where workers are further behind or are all gone. */
export function beginningOf(state: RunState): Beginning {
  const able = idle(state);
  const top = Math.max(...able.map(({ holding }) => holding?.step ?? -1));
  const saved = state.checkpoint ?? { step: 0, path: '' };
  if (top < saved.step || top < 0) return { step: saved.step, holders: [], checkpoint: saved.path };
  const holders = able.filter(({ holding }) => holding?.step === top).map(({ worker }) => worker);
  return { step: top, holders, checkpoint: '' };
}

/**
 * Those that hold the state come first where there are more workers than places; in order of number. Who leaves has no place,
 * and takes part once more where nobody else has the state.
 */
export function chosen(state: RunState, { holders }: Beginning): number[] {
  const staying = idle(state).flatMap(({ worker, leaving }) => (leaving ? [] : [worker]));
  const holding = staying.filter((worker) => holders.includes(worker));
  const others = staying.filter((worker) => !holders.includes(worker));
  const places = [...holding, ...others].slice(0, mostWorkers(state));
  return [...places, ...(holding.length > 0 ? [] : holders.slice(0, 1))].sort((a, b) => a - b);
}

/**
 * From whom each of `ranks` copies the state, as a rank: a tree in which nobody serves more than two others at a time. Null
 * for those that hold it, and for the first where nobody does: that one loads it.
 */
export function sourcesOf(ranks: readonly number[], { holders }: Beginning): (number | null)[] {
  const having = ranks.filter((worker) => holders.includes(worker));
  const first = having.length > 0 ? having : ranks.slice(0, 1);
  const rest = ranks.filter((worker) => !first.includes(worker));
  const order = [...first, ...rest];
  return ranks.map((worker) => {
    const position = rest.indexOf(worker);
    return position < 0 ? null : ranks.indexOf(order[Math.floor(position / 2)]);
  });
}
