/** Why a TLS handshake failed, as an error of ours and as a reason to count. */
import type { TLSSocket } from 'node:tls';
import { type ErrorCode, MlipError } from '../core/errors.js';
import type { RefusalReason } from './refusals.js';

/** Codes of OpenSSL and Node that speak of a certificate, of either end. */
const OF_CERTIFICATE = /CERT|ISSUER|LEAF_SIGNATURE|_CA$|PURPOSE|HOSTNAME/;
const EXPIRED = 'CERT_HAS_EXPIRED';
/** What a server says that wants a certificate and got none. */
const WANTS_ONE = /ALERT_CERTIFICATE_REQUIRED/;
/** What it says that does not like the one it got. */
const REFUSES_OURS = /ALERT\w*(CERT|_CA$)/;
const WRONG_PROTOCOL = /WRONG_VERSION|PACKET_LENGTH|UNSUPPORTED_PROTOCOL|HTTP_REQUEST|EPROTO|ALERT/;

/** What can be wrong with the certificate of the other end. */
interface Fault {
  codes: RegExp;
  as: ErrorCode;
  what: string;
  remedy: string;
}

const FAULTS: readonly Fault[] = [
  {
    codes: /^CERT_HAS_EXPIRED$|^CERT_NOT_YET_VALID$/,
    as: 'MLIP_E_TLS_EXPIRED',
    what: 'is not valid now',
    remedy: 'Renew it there, where `mlip certs` makes new ones, and compare the clocks of both machines.',
  },
  {
    codes: /ALTNAME|HOSTNAME/,
    as: 'MLIP_E_TLS_NAME',
    what: 'is for other names',
    remedy: 'Make one with this name: `mlip certs --host NAME`.',
  },
  {
    codes: /ISSUER|SELF_SIGNED|SIGNATURE|_CA$|UNTRUSTED/,
    as: 'MLIP_E_TLS_AUTHORITY',
    what: 'is not of an authority that is trusted here',
    remedy: 'Give all processes certificates of one authority, and name its file by --tls-ca.',
  },
];

const UNUSABLE: Omit<Fault, 'codes'> = {
  as: 'MLIP_E_TLS_CERTIFICATE',
  what: 'cannot be used for this',
  remedy: 'Replace it there; `mlip certs` makes new ones.',
};

/** Of a handshake that a server did not complete. `error` is what Node says, the socket knows better. */
export function serverRefusal(error: Error, socket: TLSSocket): { reason: RefusalReason; words: string } {
  const code = codeOf(socket.authorizationError ?? error);
  if (!OF_CERTIFICATE.test(code)) return { reason: 'handshake', words: `a connection without TLS (${code})` };
  const why = code === EXPIRED ? 'that has expired' : code.includes('RETURN') ? 'that is missing' : `(${code})`;
  return { reason: 'certificate', words: `a certificate ${why}` };
}

/** Of a handshake that a client did not complete; undefined where it is not TLS that failed. */
export function clientRefusal(error: Error, where: string): MlipError | undefined {
  const code = codeOf(error);
  if (WANTS_ONE.test(code)) return missing('a certificate is asked for there, and we have none to show', where, error);
  if (REFUSES_OURS.test(code)) return refusedByServer(where, error);
  if (OF_CERTIFICATE.test(code)) return wrongCertificate(code, error, where);
  return WRONG_PROTOCOL.test(code)
    ? missing('what listens there does not speak TLS as we do', where, error)
    : undefined;
}

/** TLS 1.3 lets a client believe that it is in before the server has looked at its certificate. */
export function refusedByServer(where: string, cause?: Error): MlipError {
  return new MlipError('MLIP_E_TLS_REFUSED', 'our certificate was refused there', {
    where,
    remedy:
      'Both ends need certificates of one authority that are valid now; the other end’s log says what it did not like.',
    cause,
  });
}

function missing(message: string, where: string, cause: Error): MlipError {
  return new MlipError('MLIP_E_TLS_MISSING', message, {
    where,
    remedy: 'Give --tls-ca, --tls-cert and --tls-key to all processes of a run, or to none.',
    cause,
  });
}

function wrongCertificate(code: string, cause: Error, where: string): MlipError {
  const fault = FAULTS.find(({ codes }) => codes.test(code)) ?? UNUSABLE;
  return new MlipError(fault.as, `the certificate that was shown there ${fault.what} (${code})`, {
    where,
    remedy: fault.remedy,
    cause,
  });
}

function codeOf(error: unknown): string {
  if (typeof error === 'string') return error;
  return (error as NodeJS.ErrnoException).code ?? 'no code';
}
