/** Errors on the wire: an MlipError keeps its code, place and remedy between processes; a gRPC status gets them. */
import { mlip } from '#proto';
import { Metadata, type ServiceError, type StatusObject, status } from '@grpc/grpc-js';
import { ERROR_TABLE, type ErrorCode, MlipError, messageOf } from '../core/errors.js';
import { type Decoded, codecOf } from './codec.js';
import { mlipVersion } from './protocol.js';

/** An error in a message; `where` and `remedy` are empty where they are not known. */
export type Failure = Decoded<mlip.v1.Failure.$Properties>;

const METADATA_KEY = 'mlip-failure-bin';
const codec = codecOf<mlip.v1.Failure.$Properties>(mlip.v1.Failure);

/** Characters of a field at most: an error of TensorFlow may quote a whole graph, and trailers of a call are small. */
const MOST_CHARACTERS = 2_000;

/** Anything that was thrown, as a message. */
export function toFailure(error: unknown): Failure {
  if (!(error instanceof MlipError))
    return { code: 'MLIP_E_INTERNAL', message: presentable(messageOf(error)), where: '', remedy: '' };
  const { code, message, where = '', remedy = '' } = error;
  return presentableFailure({ code, message, where, remedy });
}

function presentableFailure({ code, message, where, remedy }: Failure): Failure {
  return { code, message: presentable(message), where: presentable(where), remedy: presentable(remedy) };
}

/**
 * Text that is safe to send and to print, whoever wrote it: no control characters but line ends and tabs, no halves of
 * characters (at which grpc-js would throw), not too long.
 */
function presentable(text: string): string {
  const clean = text.replace(/(?![\n\t])[\p{Cc}\p{Cs}]/gu, '\ufffd');
  return clean.length <= MOST_CHARACTERS ? clean : `${clean.slice(0, MOST_CHARACTERS).replace(/\p{Cs}$/u, '')} ...`;
}

export function fromFailure(failure: Failure): MlipError {
  const code = Object.hasOwn(ERROR_TABLE, failure.code) ? (failure.code as ErrorCode) : 'MLIP_E_INTERNAL';
  return new MlipError(code, failure.message, {
    where: failure.where || undefined,
    remedy: failure.remedy || undefined,
  });
}

/** The status with which a server ends a call. */
export function toStatus(failure: Failure): Partial<StatusObject> {
  const metadata = new Metadata();
  const sent = presentableFailure(failure);
  metadata.set(METADATA_KEY, codec.encode(sent));
  return { code: status.FAILED_PRECONDITION, details: sent.message, metadata };
}

/** The code of ours in such a status; undefined where it has none. */
export function codeInStatus({ metadata }: { metadata?: Metadata | null | undefined }): string | undefined {
  return failureIn(metadata)?.code;
}

function failureIn(metadata: Metadata | null | undefined): Failure | undefined {
  const [sent] = metadata?.get(METADATA_KEY) ?? [];
  try {
    return Buffer.isBuffer(sent) ? codec.decode(sent) : undefined;
  } catch {
    // Whoever wrote that is no coordinator.
    return undefined;
  }
}

/** The error that a client raises for a call that ended badly. `address` is that of the coordinator. */
export function fromStatus(error: ServiceError, address: string): MlipError {
  const sent = failureIn(error.metadata);
  if (sent !== undefined) return fromFailure(sent);
  const { code, message, remedy } = describeStatus(error);
  return new MlipError(code, message, { where: address, remedy, cause: error });
}

interface StatusMeaning {
  code: ErrorCode;
  message: string;
  remedy?: string;
}

function describeStatus(error: ServiceError): StatusMeaning {
  switch (error.code) {
    case status.UNIMPLEMENTED:
      return {
        code: 'MLIP_E_RPC_VERSION',
        message: `what listens there is no coordinator of mlip ${mlipVersion}`,
        remedy: 'Check the address, and run the same version of mlip everywhere.',
      };
    case status.RESOURCE_EXHAUSTED:
      return { code: 'MLIP_E_RPC_TOO_LARGE', message: error.details };
    case status.DEADLINE_EXCEEDED:
      return { code: 'MLIP_E_RUN_TIMEOUT', message: `the coordinator did not answer in time: ${error.details}` };
    case status.INTERNAL:
      return { code: 'MLIP_E_RPC_PROTOCOL', message: `a message could not be read: ${error.details}` };
    default:
      return {
        code: 'MLIP_E_COORDINATOR_LOST',
        message: `the connection to the coordinator was lost: ${error.details}`,
        remedy: 'Look at the end of the coordinator’s log, and continue the run with --resume.',
      };
  }
}
