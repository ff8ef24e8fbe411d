/**
 * The checkpoint from which a run goes on: the newest one that is whole, byte by byte. A damaged one is passed over for
 * the one before, and that is said. Needs no TensorFlow, and lets other things have their turn while it reads.
 */
import { resolve } from 'node:path';
import { messageOf, MlipError } from '../core/errors.js';
import { copyCheckpoint, verifyCheckpoint } from './copy.js';
import { DirectoryStore } from './directory-store.js';
import type { StateFile } from './state-file.js';
import type { CheckpointStore } from './store.js';

export interface WholeCheckpoint {
  /** Applied steps. */
  step: number;
  /** Absolute path of its directory. */
  path: string;
  state: StateFile;
}

export interface Search {
  /** Looked at besides the directory; what is taken from one of them is copied into the directory first. */
  elsewhere?: readonly CheckpointStore[];
  /** Is told what is damaged, and what is used instead. */
  warn: (message: string) => void;
}

interface Candidate {
  step: number;
  store: CheckpointStore;
}

/**
 * The newest whole checkpoint of an output directory; undefined where there is none at all. Of the same step, the
 * directory's own comes before those from elsewhere, and these in their order.
 *
 * @throws MLIP_E_CHECKPOINT_CORRUPT that names each, where all of them are damaged
 */
export async function newestWhole(out: string, { elsewhere = [], warn }: Search): Promise<WholeCheckpoint | undefined> {
  const own = new DirectoryStore(resolve(out));
  const others = await Promise.all(elsewhere.map((store) => stepsElsewhere(store, warn)));
  const candidates = [...(await stepsOf(own)), ...others.flat()];
  candidates.sort((a, b) => b.step - a.step);
  const faults: string[] = [];
  for (const candidate of candidates) {
    try {
      const state = await obtain(candidate, own);
      const found = { step: state.step, path: await own.locate(state.step), state };
      if (faults.length > 0) warn(`${faults.join('; ')}; instead, the run goes on from ${found.path}`);
      return found;
    } catch (error) {
      faults.push(await describe(candidate, error));
    }
  }
  if (faults.length > 0) throw allDamaged(out, faults);
  return undefined;
}

async function stepsOf(store: CheckpointStore): Promise<Candidate[]> {
  return (await store.list()).map((step) => ({ step, store }));
}

/** A run must not depend on what only comes second. */
async function stepsElsewhere(store: CheckpointStore, warn: Search['warn']): Promise<Candidate[]> {
  try {
    return await stepsOf(store);
  } catch (error) {
    warn(`no checkpoints are looked for in ${store.where}: ${messageOf(error)}`);
    return [];
  }
}

/** Verified, and in the directory. */
function obtain({ step, store }: Candidate, own: DirectoryStore): Promise<StateFile> {
  return store === own ? verifyCheckpoint(own, step) : copyCheckpoint(store, own, step);
}

async function describe({ step, store }: Candidate, error: unknown): Promise<string> {
  const where = (error instanceof MlipError ? error.where : undefined) ?? (await store.locate(step));
  return `${messageOf(error)} (${where})`;
}

function allDamaged(out: string, faults: readonly string[]): MlipError {
  const message = `no checkpoint is whole:\n  ${faults.join('\n  ')}`;
  return new MlipError('MLIP_E_CHECKPOINT_CORRUPT', message, {
    where: out,
    remedy: 'Restore one of them from a copy, or start again in another output directory.',
  });
}
