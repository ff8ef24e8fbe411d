/** Why a TLS handshake failed, as an error of ours and as a reason to count. */
import type { TLSSocket } from 'node:tls';
import { MlipError } from '../core/errors.js';
import type { RefusalReason } from './refusals.js';

/** Codes of OpenSSL and Node that speak of a certificate, of either end. */
const OF_CERTIFICATE = /CERT|ISSUER|LEAF_SIGNATURE|_CA$|PURPOSE|HOSTNAME/;
const EXPIRED = 'CERT_HAS_EXPIRED';
const OTHER_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';
/** What a server says that wants a certificate and got none, or does not like the one it got. */
const REFUSES_OURS = /ALERT\w*(CERT|_CA$)/;
const WRONG_PROTOCOL = /WRONG_VERSION|PACKET_LENGTH|UNSUPPORTED_PROTOCOL|HTTP_REQUEST|EPROTO|ALERT/;

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
  if (REFUSES_OURS.test(code)) return refusedByServer(where, error);
  if (OF_CERTIFICATE.test(code)) return wrongCertificate(code, error, where);
  if (!WRONG_PROTOCOL.test(code)) return undefined;
  return new MlipError('MLIP_E_TLS_REFUSED', 'what listens there does not speak TLS as we do', {
    where,
    remedy: 'Give --tls-ca, --tls-cert and --tls-key to all processes of a run, or to none.',
    cause: error,
  });
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

function wrongCertificate(code: string, cause: Error, where: string): MlipError {
  const what =
    code === EXPIRED
      ? 'has expired'
      : code === OTHER_NAME
        ? 'is for other names'
        : `is not of an authority that is trusted here (${code})`;
  return new MlipError('MLIP_E_TLS_CERTIFICATE', `the certificate that was shown there ${what}`, {
    where,
    remedy:
      code === OTHER_NAME
        ? 'Make one with this name: `mlip certs --host NAME`.'
        : 'Check --tls-ca and renew the certificate.',
    cause,
  });
}

function codeOf(error: unknown): string {
  if (typeof error === 'string') return error;
  return (error as NodeJS.ErrnoException).code ?? 'no code';
}
