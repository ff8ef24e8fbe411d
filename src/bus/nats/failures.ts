/** What NATS and the network say, as errors of the store; and what is worth trying again. */
import { JetStreamApiError } from '@nats-io/jetstream';
import {
  AuthorizationError,
  errors,
  PermissionViolationError,
  UserAuthenticationExpiredError,
} from '@nats-io/transport-node';
import { MlipError, messageOf, type ErrorCode } from '../../core/errors.js';

/** The connection broke, or patience ended, while an answer was awaited. */
export class Interrupted extends Error {}

/** Error codes of JetStream's API, as nats-server's errors.json lists them. */
export const API = {
  wrongLastSequence: [10071, 10164],
  streamNotFound: [10059],
  streamExists: [10058],
  consumerNotFound: [10014],
  full: [10002, 10023, 10028, 10047, 10122],
  disabled: [10039, 10076],
  fewPeers: [10005, 10074],
  messageNotFound: [10037, 10043],
  /** Whose description says whether it was there. */
  deleteFailed: [10057],
  /** Whose description is what the disk said. */
  storeFailed: [10077],
  /** The same message is being stored at this moment. */
  inProcess: [10158],
} as const;

export function isApi(error: unknown, codes: readonly number[]): boolean {
  return error instanceof JetStreamApiError && codes.includes(error.code);
}

const PASSING = [errors.TimeoutError, errors.RequestError, errors.ConnectionError, errors.NoRespondersError];
const DISK_FULL = /no space left|maximum bytes exceeded|resource|insufficient/i;
const TLS_CODE = /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|EPROTO$)/;

/** Something that a restart, an election or a reconnection may change. */
export function isPassing(error: unknown): boolean {
  if (isFull(error) || isRefusal(error) || isTls(error)) return false;
  if (error instanceof JetStreamApiError) {
    return error.status === 503 || isApi(error, [...API.inProcess, ...API.disabled]);
  }
  return error instanceof Interrupted || PASSING.some((kind) => error instanceof kind) || isNobodyThere(error);
}

/** JetStream does not listen (yet, or any more), which the library calls not enabled. */
function isNobodyThere(error: unknown): boolean {
  return error instanceof Error && error.name === 'JetStreamNotEnabled';
}

/** What was to be deleted is not there. */
export function isNotThere(error: unknown): boolean {
  const said = isApi(error, API.deleteFailed) && /no message found|deleted message/i.test(messageOf(error));
  return said || isApi(error, API.messageNotFound);
}

export function isFull(error: unknown): boolean {
  return isApi(error, API.full) || (isApi(error, API.storeFailed) && DISK_FULL.test(messageOf(error)));
}

/** The server is there and says no. */
export function isRefusal(error: unknown): boolean {
  return causesOf(error).some(
    (cause) =>
      cause instanceof AuthorizationError ||
      cause instanceof PermissionViolationError ||
      cause instanceof UserAuthenticationExpiredError,
  );
}

export function isTls(error: unknown): boolean {
  return causesOf(error).some(
    (cause) => TLS_CODE.test((cause as NodeJS.ErrnoException).code ?? '') || / 'tls'/.test(messageOf(cause)),
  );
}

interface Verdict {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
}

export function storeError(where: string, cause: unknown): MlipError {
  if (cause instanceof MlipError) return cause;
  const { code, message, remedy } = verdictOn(cause);
  return new MlipError(code, message, { where, remedy, cause });
}

function verdictOn(error: unknown): Verdict {
  const said = messageOf(error);
  if (isFull(error)) {
    return {
      code: 'MLIP_E_STORE_FULL',
      message: `there is no room left for the store: ${said}`,
      remedy: 'Raise max_file_store or the limits of the account, or free some space; nothing was lost.',
    };
  }
  if (isRefusal(error)) {
    return {
      code: 'MLIP_E_STORE_AUTH',
      message: `the NATS server refuses this user: ${said}`,
      remedy: 'Check the credentials in the MLIP_NATS_* variables and files, and the permissions of that user.',
    };
  }
  if (isTls(error)) {
    return {
      code: 'MLIP_E_STORE_TLS',
      message: `the connection to the NATS server cannot be secured: ${said}`,
      remedy: 'Check MLIP_NATS_CA_FILE, MLIP_NATS_CERT_FILE and MLIP_NATS_KEY_FILE, and the certificate of the server.',
    };
  }
  return unsupportedOr(error, said);
}

function unsupportedOr(error: unknown, said: string): Verdict {
  if (isApi(error, API.fewPeers)) {
    return {
      code: 'MLIP_E_STORE_UNSUPPORTED',
      message: `the NATS cluster cannot keep so many copies: ${said}`,
      remedy: 'Start the missing servers, or set MLIP_NATS_REPLICAS to 1 if one copy is enough.',
    };
  }
  if (isApi(error, API.disabled)) return noJetStream(said);
  return {
    code: 'MLIP_E_STORE_FAILED',
    message: `the NATS server failed an operation: ${said}`,
    remedy: 'Look into the log of the server.',
  };
}

function noJetStream(said: string): Verdict {
  return {
    code: 'MLIP_E_STORE_UNSUPPORTED',
    message: `JetStream is not available on the NATS server: ${said}`,
    remedy:
      'Enable JetStream on the server and for the account. A server that ran out of space disables it until it is restarted.',
  };
}

/** An error and what it came from. */
function causesOf(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}
