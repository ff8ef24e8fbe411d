/** The ways in which a ring breaks, each as an error for this rank and as a report to its neighbours. */
import { MlipError, type ErrorCode, type ErrorDetails } from '../core/errors.js';
import { encodeFrame, type AbortCode, type Frame } from './frame.js';
import type { Operation } from './operation.js';

/** An error that another rank seems to be the reason of. */
export class PeerFailure extends MlipError {
  readonly rank: number;

  constructor(code: ErrorCode, rank: number, message: string, details: ErrorDetails) {
    super(code, message, details);
    this.rank = rank;
  }
}

export interface Failure {
  error: PeerFailure;
  /** The frame that tells neighbours who is to blame, so that every rank names the same one. */
  report: Buffer;
}

const REMEDIES: Record<AbortCode, string> = {
  MLIP_E_PEER_LOST: 'Look at the last lines of that rank’s log; then go on from the newest checkpoint with --resume.',
  MLIP_E_REDUCE_TIMEOUT:
    'Look at what that rank is doing and whether its machine is reachable; timeouts.stepMs is how long is waited.',
  MLIP_E_REDUCE_MISMATCH: 'All ranks must run the same version of mlip on the same configuration.',
};

/** `rank` is the one to blame. */
export function failure(code: AbortCode, rank: number, message: string, cause?: unknown): Failure {
  return {
    error: new PeerFailure(code, rank, message, { where: `rank ${rank}`, remedy: REMEDIES[code], cause }),
    report: encodeFrame({ kind: 'abort', code, rank }),
  };
}

/** A failure that another rank met first. */
export function reported(code: AbortCode, rank: number): Failure {
  const what: Record<AbortCode, string> = {
    MLIP_E_PEER_LOST: `the connection to rank ${rank} was lost`,
    MLIP_E_REDUCE_TIMEOUT: `rank ${rank} was waited for in vain`,
    MLIP_E_REDUCE_MISMATCH: `rank ${rank} sent what was not expected`,
  };
  return failure(code, rank, `another rank reports: ${what[code]}`);
}

export function leaving(rank: number): Failure {
  return failure('MLIP_E_PEER_LOST', rank, `rank ${rank}, this one, has left the ring`);
}

export function lostDuring(rank: number, { name, progress }: Operation, cause: Error | undefined): Failure {
  return failure('MLIP_E_PEER_LOST', rank, `rank ${rank} closed its connection during ${name} (${progress})`, cause);
}

export function timedOut(rank: number, { name, progress }: Operation, timeoutMs: number): Failure {
  const what = `${name} was not complete after ${timeoutMs} ms: waited for rank ${rank} (${progress})`;
  return failure('MLIP_E_REDUCE_TIMEOUT', rank, what);
}

/** `frame` came instead of the next segment of `due`. */
export function mismatched(rank: number, frame: Frame | undefined, due: Operation | undefined): Failure {
  const expected = due === undefined ? 'nothing was expected' : `${due.name} was under way (${due.progress})`;
  return failure('MLIP_E_REDUCE_MISMATCH', rank, `rank ${rank} sent ${describe(frame)} while ${expected}`);
}

function describe(frame: Frame | undefined): string {
  if (frame === undefined) return 'bytes that are no frame';
  if (frame.kind !== 'segment') return `a frame of kind ${frame.kind}`;
  return `segment ${frame.index} (${frame.count} elements) of operation ${frame.sequence}`;
}
