/** The ways in which a ring breaks, each as an error for this rank and as a report to its neighbours. */
import { MlipError } from '../core/errors.js';
import { encodeFrame, type AbortCode } from './frame.js';

export interface Failure {
  error: MlipError;
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
    error: new MlipError(code, message, { where: `rank ${rank}`, remedy: REMEDIES[code], cause }),
    report: encodeFrame({ kind: 'abort', code, rank }),
  };
}

/** A failure that another rank met first. */
export function reportedFailure(code: AbortCode, rank: number): Failure {
  const what: Record<AbortCode, string> = {
    MLIP_E_PEER_LOST: `the connection to rank ${rank} was lost`,
    MLIP_E_REDUCE_TIMEOUT: `rank ${rank} was waited for in vain`,
    MLIP_E_REDUCE_MISMATCH: `rank ${rank} sent what was not expected`,
  };
  return failure(code, rank, `another rank reports: ${what[code]}`);
}
