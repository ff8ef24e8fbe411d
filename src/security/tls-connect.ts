/** The connecting end of TLS: shows our certificate, and takes only one of the authority that belongs to whom we call. */
import type { Socket } from 'node:net';
import { type ConnectionOptions, type TLSSocket, connect } from 'node:tls';
import type { MlipError } from '../core/errors.js';
import { type Role, identityCheck, serverNameOf } from './identity.js';
import { clientRefusal, refusedByServer } from './tls-errors.js';
import type { TlsFiles } from './tls-files.js';

/** Whom we call. */
export interface Callee {
  role: Role;
  /** Name or address, without brackets. */
  host: string;
  /** For errors: HOST:PORT, or what else tells it from others. */
  name: string;
}

/** Options of tls.connect, beside those that say where to. */
export function callOptions(tls: TlsFiles, { role, host }: Callee): ConnectionOptions {
  return {
    secureContext: tls.context,
    host,
    servername: serverNameOf(host),
    checkServerIdentity: identityCheck(role),
    rejectUnauthorized: true,
  };
}

/** What becomes of a handshake, also after the client believes that it is in. */
export interface HandshakeEvents {
  /** One end does not like the other. */
  refused(error: MlipError): void;
  /** The server closed after the handshake without a word, as it does where it does not like our certificate. */
  dropped(error: MlipError): void;
  /** The server has spoken: we are in. */
  heard(): void;
}

/** Makes TLS of a connection. */
export function secure(
  socket: Socket,
  tls: TlsFiles,
  callee: Callee,
  protocol: string,
  events: HandshakeEvents,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = connect({ ...callOptions(tls, callee), socket, ALPNProtocols: [protocol] }, () => resolve(secured));
    secured.on('error', (error: Error) => {
      const refusal = clientRefusal(error, callee.name);
      if (refusal !== undefined) events.refused(refusal);
      reject(refusal ?? error);
    });
    secured.on('close', () => {
      if (wasRefused(secured)) events.dropped(refusedByServer(callee.name));
      else if (secured.authorized) events.heard();
      reject(new Error('the connection was closed during the TLS handshake'));
    });
  });
}

/** Closed after the handshake, without a word: whoever is let in hears something at once. */
export function wasRefused(socket: TLSSocket): boolean {
  return socket.authorized && socket.bytesRead === 0;
}
