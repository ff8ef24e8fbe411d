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

/** Anything that was thrown, as a message. */
export function toFailure(error: unknown): Failure {
  if (!(error instanceof MlipError))
    return { code: 'MLIP_E_INTERNAL', message: messageOf(error), where: '', remedy: '' };
  return { code: error.code, message: error.message, where: error.where ?? '', remedy: error.remedy ?? '' };
}

export function fromFailure(failure: Failure): MlipError {
  const code = failure.code in ERROR_TABLE ? (failure.code as ErrorCode) : 'MLIP_E_INTERNAL';
  return new MlipError(code, failure.message, {
    where: failure.where || undefined,
    remedy: failure.remedy || undefined,
  });
}

/** The status with which a server ends a call. */
export function toStatus(failure: Failure): Partial<StatusObject> {
  const metadata = new Metadata();
  metadata.set(METADATA_KEY, codec.encode(failure));
  return { code: status.FAILED_PRECONDITION, details: failure.message, metadata };
}

/** The error that a client raises for a call that ended badly. `address` is that of the coordinator. */
export function fromStatus(error: ServiceError, address: string): MlipError {
  const [sent] = error.metadata?.get(METADATA_KEY) ?? [];
  if (Buffer.isBuffer(sent)) return fromFailure(codec.decode(sent));
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
