/** The address under which other workers reach this one, where nobody says it: that of the way to the coordinator. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Logger } from '../core/log.js';
import type { Access } from '../security/access.js';
import { LOOPBACK, isLoopback } from '../security/binding.js';
import { parseAddress } from '../rpc/address.js';
import { type FindCoordinator, searchCoordinator } from './coordinator-search.js';

/** A coordinator may be started after its workers, or its name be known only then. */
const FIND_MS = 60_000;

/** The local address that packets to the first coordinator with a known place leave from. Nothing is sent. */
function ownAddressTowardsAny(find: FindCoordinator, signal: AbortSignal): Promise<string> {
  const attempt = (address: string): Promise<string> => {
    const { host, port } = parseAddress(address);
    return ownAddressTowards(host, port);
  };
  return searchCoordinator({ find, attempt, timeoutMs: FIND_MS, isFinal: () => false, signal });
}

/**
 * The local address that packets to `host` leave from. Nothing is sent.
 *
 * @param host name or address of the coordinator
 */
export async function ownAddressTowards(host: string, port: number): Promise<string> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.connect(port, host);
    await once(socket, 'connect');
    return socket.address().address;
  } finally {
    socket.close();
  }
}

export interface HostOptions {
  /** What was asked for. */
  host?: string | undefined;
  access: Pick<Access, 'tls'>;
  find: FindCoordinator;
  log: Logger;
  /** Ends the search for a coordinator. */
  signal?: AbortSignal | undefined;
}

/**
 * Where other workers reach this one. Without TLS that is the loopback address, so that no stranger reaches the ring,
 * unless somebody asked for another one.
 */
export async function ownHost({ host, access, find, log, signal }: HostOptions): Promise<string> {
  if (host !== undefined) return host;
  const own = await ownAddressTowardsAny(find, signal ?? new AbortController().signal);
  if (access.tls !== null || isLoopback(own)) return own;
  log.info('without TLS only workers of this machine are listened to; --host lets others in', { listening: LOOPBACK });
  return LOOPBACK;
}

/** Where to listen: other machines are let in only where the own address is not the loopback one. */
export function interfaceFor(ownAddress: string): string {
  if (isLoopback(ownAddress)) return ownAddress;
  return ownAddress.includes(':') ? '::' : '0.0.0.0';
}
