/** Messages of workers as events. Values are picked one by one: what a worker did not send is there as its default. */
import type { Failure } from '../rpc/failure.js';
import type { WorkerMessageSeen } from '../rpc/service.js';
import type { CoordinatorEvent, StepReport } from './events.js';

type SansTime<Event> = Event extends unknown ? Omit<Event, 'nowMs'> : never;
/** The runner adds the time. */
export type EventSansTime = SansTime<CoordinatorEvent>;

/** The first message of a connection; null if it is anything else. */
export function joinOf(connection: number, { join }: WorkerMessageSeen): EventSansTime | null {
  if (join === null) return null;
  const { protocol, version, host, port, pid, device } = join;
  return { kind: 'join', connection, worker: { protocol, version, host, port, pid, device } };
}

/** Any later message; null if it is none that a member may send. */
export function eventOf(rank: number, message: WorkerMessageSeen): EventSansTime | null {
  const { ready, heartbeat, commit, saved, failed } = message;
  if (heartbeat) return { kind: 'heartbeat', rank };
  if (ready) {
    const { rows, dataHash, parametersHash } = ready;
    return { kind: 'loaded', rank, rows, dataHash, parametersHash };
  }
  if (commit?.report) {
    const { step, generation } = commit;
    return { kind: 'commit', rank, step, generation, report: reportOf(commit.report) };
  }
  if (saved) return { kind: 'saved', rank, step: saved.step, path: saved.path };
  if (failed?.failure) {
    const { secondary, stateIntact } = failed;
    return { kind: 'failed', rank, failure: failureOf(failed.failure), secondary, stateIntact };
  }
  return null;
}

type ReportSeen = NonNullable<NonNullable<WorkerMessageSeen['commit']>['report']>;

function reportOf(seen: ReportSeen): StepReport {
  const { whole, learningRate, gradNorm, dataWaitSeconds, commWaitSeconds } = seen;
  return { whole, learningRate, gradNorm, dataWaitSeconds, commWaitSeconds };
}

function failureOf({ code, message, where, remedy }: Failure): Failure {
  return { code, message, where, remedy };
}
