/** The errors with which calls are refused, and the reasons by which they are counted. */
import { type ErrorCode, MlipError } from '../core/errors.js';
import type { RefusalReason } from '../security/refusals.js';
import type { CallRules } from './call-rules.js';

const REASONS: Partial<Record<ErrorCode, RefusalReason>> = {
  MLIP_E_LIMIT: 'field',
  MLIP_E_PATH_OUTSIDE: 'path',
  MLIP_E_RPC_TOO_LARGE: 'size',
  MLIP_E_RPC_PROTOCOL: 'protocol',
  MLIP_E_RPC_TENSOR: 'tensor',
  MLIP_E_RPC_VERSION: 'version',
  MLIP_E_RUN_STALE: 'stale',
  MLIP_E_SESSION_WRONG: 'session',
  MLIP_E_RUN_CLOSED: 'closed',
};

/** Undefined for errors that are no refusals. */
export function reasonOf(code: string | undefined): RefusalReason | undefined {
  return REASONS[code as ErrorCode];
}

export const NO_TOKEN = new MlipError('MLIP_E_TOKEN_MISSING', 'the coordinator asks for the token of its run', {
  remedy: 'Give --token-file, or set MLIP_TOKEN.',
});

export const WRONG_TOKEN = new MlipError('MLIP_E_TOKEN_WRONG', 'the run has another token', {
  remedy: 'Use the content of OUT/token of the run, or what its coordinator was given.',
});

export const PACKED = new MlipError('MLIP_E_RPC_PROTOCOL', 'the coordinator takes no compressed messages');

export function tooMany(count: number): MlipError {
  return new MlipError('MLIP_E_LIMIT', `there are ${count} calls of this kind already`);
}

export function tooSlow(what: string): MlipError {
  return new MlipError('MLIP_E_LIMIT', what);
}

export function tooOften({ messagesPerSecond }: CallRules): MlipError {
  return new MlipError('MLIP_E_LIMIT', `more than ${messagesPerSecond} messages a second`);
}

export function tooLarge(bytes: number, most: number): MlipError {
  return new MlipError('MLIP_E_RPC_TOO_LARGE', `a message of ${bytes} bytes, more than ${most}`);
}
