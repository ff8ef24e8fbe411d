/** Opens the connection to a predecessor, with or without TLS, so that what arrives lands where the caller says. */
import { type OnReadOpts, type Socket, connect } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { callOptions } from '../security/tls-connect.js';
import type { TlsFiles } from '../security/tls-files.js';

/** `buffer` is asked for room before each read; `callback` hears how much of it was filled, and stops reading by false. */
export type Reading = OnReadOpts & { buffer: () => Uint8Array };

export function dial(address: { host: string; port: number }, tls: TlsFiles | null, onread: Reading): Socket {
  const { host, port } = address;
  if (tls === null) return connect({ host, port, onread });
  const callee = { role: 'worker' as const, host, name: `${host}:${port}` };
  // Node's types lack `onread` here; TLS passes it on to the socket all the same (test/collectives/tls.test.ts).
  const options: ConnectionOptions & { onread: Reading } = { ...callOptions(tls, callee), port, onread };
  return connectTls(options);
}
