/** Which certificate belongs to whom: to the host that was called, or to whatever host the role runs on. */
import { isIP } from 'node:net';
import { type PeerCertificate, checkServerIdentity } from 'node:tls';

/**
 * Names that stand in a certificate for a part of a run, wherever it runs: pods get addresses that nobody knows when
 * their certificate is made. A worker's certificate does not make it a coordinator.
 */
export const ROLE_NAMES = {
  coordinator: 'coordinator.mlip.internal',
  worker: 'worker.mlip.internal',
} as const;

export type Role = keyof typeof ROLE_NAMES;

/** As tls.connect wants it: undefined where the certificate is right. */
export function identityCheck(role: Role): (host: string, certificate: PeerCertificate) => Error | undefined {
  return (host, certificate) => {
    const wrong = checkServerIdentity(host, certificate);
    return wrong === undefined ? undefined : checkServerIdentity(ROLE_NAMES[role], certificate) && wrong;
  };
}

/** The name that the TLS handshake tells the server; none for an address (RFC 6066). */
export function serverNameOf(host: string): string {
  return isIP(host) === 0 ? host : '';
}
