// Several ranks of the small model in this process, over real rings; they meet for the gather in memory.
import type { Config } from '../../src/config/schema.js';
import type { Share } from '../../src/core/plan.js';
import type { Compiler } from '../../src/engine/graph-function.js';
import type { GatherTensor } from '../../src/rpc/tensor-stream.js';
import { concatenate } from '../../src/worker/concatenate.js';
import type { Gather, Rows, StepParts, StepResult } from '../../src/worker/step-parts.js';
import { trainStep } from '../../src/worker/train-step.js';
import { openRings } from '../collectives/rings.js';
import { begunAnew, noiseBatches, smallStep, type SmallStep } from './small-step.js';

export interface SeveralRanks {
  ranks: SmallStep[];
  /** A step on all ranks, of these micro-batches. */
  train(step: number, shares: readonly Share[], changes?: Partial<StepParts>): Promise<StepResult[]>;
  close(): Promise<void>;
}

const compiled = new Map<string, Promise<SmallStep>>();

/** Ranks that share an engine and compiled functions, and nothing else. */
export async function severalRanks(config: Config, world: number, compiler?: Compiler): Promise<SeveralRanks> {
  // Sums are not compiled.
  const key = JSON.stringify([{ ...config, reduction: 'double' }, compiler]);
  if (!compiled.has(key)) compiled.set(key, smallStep(config, compiler));
  const { parts: shared, state: first } = await compiled.get(key)!;
  const { rings, close } = await openRings(world);
  const gather = meeting(world);
  const ranks = rings.map((ring, rank): SmallStep => {
    const { parts, state } = begunAnew({ parts: { ...shared, config }, state: first });
    return { parts: { ...parts, rank, ring, gather: gather(rank) }, state };
  });
  const train: SeveralRanks['train'] = (step, shares, changes = {}) =>
    Promise.all(
      ranks.map(({ parts, state }, rank) => {
        const batches = noiseBatches(config, step);
        const { start, end } = shares[rank];
        const own = { ...batches, microBatches: batches.microBatches.slice(start, end) };
        return trainStep({ ...parts, ...changes }, state, own);
      }),
    );
  return { ranks, train, close };
}

/** Shares of so many micro-batches each, one after another. */
export function sharesOf(...counts: number[]): Share[] {
  let next = 0;
  return counts.map((count) => ({ start: next, end: (next += count) }));
}

/** Each rank gets the rows of all, in order of rank, once all have come. */
function meeting(world: number): (rank: number) => Gather {
  let come: { own: readonly GatherTensor[]; resolve: (whole: Rows) => void }[] = [];
  return (rank) => (_step, own) =>
    new Promise((resolve) => {
      come[rank] = { own, resolve };
      if (Object.keys(come).length < world) return;
      const whole = own.map(({ name }, at) => [name, concatenate(come.map((other) => other.own[at].data))] as const);
      for (const other of come) other.resolve(Object.fromEntries(whole));
      come = [];
    });
}
