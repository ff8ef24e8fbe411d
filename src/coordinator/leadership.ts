/** Whether this process commands the run, and what an earlier coordinator left of it. */
import type { Store } from '../bus/store.js';
import { MlipError } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import type { RunOutcome } from './events.js';
import { outcomeOf } from './outcome-of.js';
import { keepInDirectory, readRecord } from './record-keeper.js';
import { lastStepIn } from './run-directory.js';
import type { RunRecord } from './run-record.js';
import { type Leadership, leadRun } from './run-store.js';

/** A store that coordinators share, and the name of the run in it. */
export interface SharedRun {
  store: Store;
  name: string;
}

export interface LeadershipOptions {
  /** Null: the output directory is this coordinator's alone. */
  shared: SharedRun | null;
  /** Absolute. */
  out: string;
  configHash: string;
  /** That the run carries out; empty where it was started by hand. */
  submission: string;
  /** Where workers will reach this coordinator; empty where that is not known yet. */
  address: string;
  leaseMs: number;
  /** Go on from a checkpoint whatever an earlier coordinator left. */
  resume: boolean;
  signal?: AbortSignal | undefined;
  /** Another one leads: this one waits. */
  standsBy?: () => void;
  log: Logger;
}

/** `record` is that of a run that goes on. */
export interface RunLead extends Leadership {
  /** The run has ended, perhaps while this coordinator stood by: there is nothing left to do. */
  over: RunOutcome | null;
}

/** Leads the run, as soon as nobody else does. Where it rejects, it leads no more. */
export async function takeLead(options: LeadershipOptions): Promise<RunLead> {
  const { shared } = options;
  const lead = shared === null ? await leadAlone(options) : await leadRun({ ...options, ...shared });
  try {
    return goOnWith(lead, options);
  } catch (error) {
    await lead.release();
    throw error;
  }
}

function goOnWith(lead: Leadership, options: LeadershipOptions): RunLead {
  const { out, log } = options;
  const over = isOver(lead, options) ? outcomeOf(lead.record!) : null;
  const record = over === null ? unfinished(lead.record, options) : null;
  if (record === null) return { ...lead, record, over };
  const step = Math.max(record.step, lastStepIn(out));
  log.warn('the run has lost its coordinator; this one goes on with it', { run: record.runId, step });
  return { ...lead, record: { ...record, step }, over };
}

/** Others have carried it out: while this one stood by, or gone before they could say that the submission is done. */
function isOver({ record, waited }: Leadership, { submission }: LeadershipOptions): boolean {
  if (record?.ended !== true) return false;
  return submission === '' ? waited : record.submission === submission;
}

async function leadAlone({ out, resume }: LeadershipOptions): Promise<Leadership> {
  return {
    ...{ record: resume ? null : await readRecord(out), keeper: keepInDirectory(out), waited: false, token: null },
    ...{ lost: new AbortController().signal, announce: () => undefined, release: async () => undefined },
  };
}

/** A run of this configuration whose coordinator ended before it did. */
function unfinished(record: RunRecord | null, { configHash, shared }: LeadershipOptions): RunRecord | null {
  if (record === null || record.ended) return null;
  if (record.configHash === configHash) return record;
  if (shared === null) return null;
  throw new MlipError('MLIP_E_OUT_OTHER_RUN', `run ${shared.name} is of another configuration, and has not ended`, {
    where: shared.store.where,
    remedy: 'Choose another --run, or the configuration of that run.',
  });
}

/** Where what happens is appended. */
export const RUN_EVENTS = 'mlip-events';
