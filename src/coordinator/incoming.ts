/** Messages of workers as events. Values are picked one by one: what a worker did not send is there as its default. */
import type { Failure } from '../rpc/failure.js';
import type { WorkerMessageSeen } from '../rpc/service.js';
import type { CommitReport, CoordinatorEvent, Holding, Loaded, Rejoin, StepReport, WorkerEvent } from './events.js';

type SansTime<Event> = Event extends unknown ? Omit<Event, 'nowMs'> : never;
/** The runner adds the time. */
export type EventSansTime = SansTime<CoordinatorEvent>;

type Seen<Kind extends keyof WorkerMessageSeen> = NonNullable<WorkerMessageSeen[Kind]>;

/** The first message of a connection; null if it is anything else. */
export function joinOf(connection: number, { join }: WorkerMessageSeen): EventSansTime | null {
  if (join === null) return null;
  const { protocol, version, host, port, pid, device } = join;
  const rejoin = join.rejoin === null ? null : rejoinOf(join.rejoin);
  return { kind: 'join', connection, info: { protocol, version, host, port, pid, device }, rejoin };
}

function rejoinOf({ runId, worker, generation, ready, holding }: NonNullable<Seen<'join'>['rejoin']>): Rejoin {
  const loaded = ready === null ? null : loadedOf(ready);
  return { runId, worker, generation, loaded, holding: holding === null ? null : holdingOf(holding) };
}

/** Any later message; null if it is none that a member may send. */
export function eventOf(worker: number, message: WorkerMessageSeen): (WorkerEvent & EventSansTime) | null {
  const { ready, heartbeat, commit, halted, inPlace, leave, saved, saveFailed, failed } = message;
  if (heartbeat) return { kind: 'heartbeat', worker };
  if (ready) return { kind: 'loaded', worker, ...loadedOf(ready) };
  if (commit?.report) {
    const { step, generation } = commit;
    return { kind: 'commit', worker, step, generation, report: commitReportOf(commit, commit.report) };
  }
  if (halted) {
    const holding = halted.holding === null ? null : holdingOf(halted.holding);
    return { kind: 'halted', worker, generation: halted.generation, holding };
  }
  if (inPlace) return { kind: 'inPlace', worker, generation: inPlace.generation };
  if (leave) return { kind: 'leave', worker };
  if (saved) return { kind: 'saved', worker, step: saved.step, path: saved.path };
  if (saveFailed?.failure) {
    return { kind: 'saveFailed', worker, step: saveFailed.step, failure: failureOf(saveFailed.failure) };
  }
  return failed?.failure ? failedOf(worker, failed, failed.failure) : null;
}

function loadedOf({ rows, dataHash }: Seen<'ready'>): Loaded {
  return { rows, dataHash };
}

function holdingOf({ step, report }: NonNullable<Seen<'halted'>['holding']>): Holding {
  return { step, report: report === null ? null : reportOf(report) };
}

type ReportSeen = NonNullable<Seen<'commit'>['report']>;

function commitReportOf({ phaseSeconds, stateHash }: Seen<'commit'>, report: ReportSeen): CommitReport {
  return { ...reportOf(report), phaseSeconds, stateHash };
}

function reportOf({ losses, learningRate, gradNorm, rows, ranks, skipped, skippedRows }: ReportSeen): StepReport {
  const account = rows.length === 0 ? null : { rows, ranks };
  return {
    ...{ losses, learningRate, gradNorm, account },
    skipped: skipped === '' ? null : { reason: skipped, rows: skippedRows },
  };
}

function failedOf(worker: number, failed: Seen<'failed'>, failure: Failure): WorkerEvent & EventSansTime {
  const { generation, secondary, stateIntact, blamed } = failed;
  return {
    ...{ kind: 'failed', worker, failure: failureOf(failure), generation, secondary, stateIntact },
    blamed: blamed ?? null,
  };
}

function failureOf({ code, message, where, remedy }: Failure): Failure {
  return { code, message, where, remedy };
}
