/**
 * A port that is open to strangers, with or without TLS: connections are counted, those that do not show in time that
 * they belong here are closed, and only those whose certificate is right get through.
 */
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { type Server as TlsServer, createServer as createTlsServer } from 'node:tls';
import { Admission, type AdmissionLimits } from './admission.js';
import type { Refusals } from './refusals.js';
import { serverRefusal } from './tls-errors.js';
import type { TlsFiles } from './tls-files.js';

export interface ListenerOptions {
  host: string;
  /** 0 takes any that is free. */
  port: number;
  tls: TlsFiles | null;
  /** The protocol that is spoken over TLS, where there is a choice. */
  protocol?: string;
  limits: AdmissionLimits;
  refusals: Refusals;
  /** A connection, after the TLS handshake where there is one. */
  onSocket: (socket: Socket) => void;
}

export interface SocketListener {
  readonly port: number;
  readonly admission: Admission;
  /** Takes no more connections; resolves when those that are open are closed. */
  close(): Promise<void>;
}

/** Rejects with the system's error where the port cannot be had. */
export async function listenForSockets(options: ListenerOptions): Promise<SocketListener> {
  const admission = new Admission(options.limits, options.refusals, options.tls === null);
  const receive = options.tls === null ? options.onSocket : handshakes(options, options.tls);
  const server = createServer({ noDelay: true }, (socket) => {
    // A peer that resets its connection is gone, nothing more.
    socket.on('error', ignore);
    if (admission.enter(socket)) receive(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    admission,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Passes on what comes out of a TLS handshake in which both ends have shown a certificate of the authority. */
function handshakes(
  { protocol, refusals, limits, onSocket }: ListenerOptions,
  tls: TlsFiles,
): (socket: Socket) => void {
  let used = tls.options;
  const server = createTlsServer({
    ...used,
    ...{ requestCert: true, rejectUnauthorized: true, handshakeTimeout: limits.deadlineMs },
    ...(protocol === undefined ? {} : { ALPNProtocols: [protocol] }),
  });
  server.on('secureConnection', (socket) => {
    socket.on('error', ignore);
    onSocket(socket);
  });
  server.on('tlsClientError', (error, socket) => {
    const { reason, words } = serverRefusal(error, socket);
    refusals.add(reason, `${words} of ${socket.remoteAddress ?? 'a peer that is gone'}`);
    socket.destroy();
  });
  return (socket) => {
    if (tls.options !== used) renew(server, (used = tls.options));
    // Node's TLS server takes over sockets that are accepted elsewhere.
    server.emit('connection', socket);
  };
}

function renew(server: TlsServer, options: TlsFiles['options']): void {
  server.setSecureContext(options);
}

function ignore(): void {
  // See above.
}
