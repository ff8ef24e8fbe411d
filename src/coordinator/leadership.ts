/** Whether this process commands the run, and what an earlier coordinator left of it. */
import type { EventLog, Store } from '../bus/store.js';
import { MlipError } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import type { RunOutcome } from './events.js';
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
  log: Logger;
}

/** `record` is that of a run that goes on. */
export interface RunLead extends Leadership {
  /** The run has ended, perhaps while this coordinator stood by: there is nothing left to do. */
  over: RunOutcome | null;
}

/** Leads the run, as soon as nobody else does. */
export async function takeLead(options: LeadershipOptions): Promise<RunLead> {
  const { shared, out, submission, log } = options;
  const lead = shared === null ? await leadAlone(out) : await leadRun({ ...options, ...shared });
  const isOver = lead.record?.ended === true && (lead.waited || isOfSubmission(lead.record, submission));
  const over = isOver ? endOf(lead.record!) : null;
  const record = over === null ? unfinished(lead.record, options) : null;
  if (record === null) return { ...lead, record, over };
  const step = Math.max(record.step, lastStepIn(out));
  log.warn('the run has lost its coordinator; this one goes on with it', { run: record.runId, step });
  return { ...lead, record: { ...record, step }, over };
}

/** It has been carried out, and whoever did it was gone before it could say so. */
function isOfSubmission(record: RunRecord, submission: string): boolean {
  return submission !== '' && record.submission === submission;
}

function endOf({ stopped, cause, step, checkpoint: saved }: RunRecord): RunOutcome {
  const checkpoint = saved?.path ?? null;
  if (cause !== null) return { kind: 'failed', ...cause, step, checkpoint };
  return { kind: stopped ? 'stopped' : 'finished', step, checkpoint };
}

async function leadAlone(out: string): Promise<Leadership> {
  return {
    ...{ record: await readRecord(out), keeper: keepInDirectory(out), waited: false },
    ...{ lost: new AbortController().signal, announce: () => undefined, release: async () => undefined },
  };
}

/** A run of this configuration whose coordinator ended before it did. */
function unfinished(record: RunRecord | null, { configHash, resume, shared }: LeadershipOptions): RunRecord | null {
  if (record === null || record.ended) return null;
  if (record.configHash === configHash) return resume && shared === null ? null : record;
  if (shared === null) return null;
  throw new MlipError('MLIP_E_OUT_OTHER_RUN', `run ${shared.name} is of another configuration, and has not ended`, {
    where: shared.store.where,
    remedy: 'Choose another --run, or the configuration of that run.',
  });
}

export const RUN_EVENTS = 'mlip-events';

/** Where what happens is appended; null where the run has no store. */
export async function eventLogOf(shared: SharedRun | null): Promise<EventLog | null> {
  return shared === null ? null : shared.store.events(RUN_EVENTS);
}
