/** The address under which other workers reach this one, where nobody says it: that of the way to the coordinator. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { parseAddress } from '../rpc/address.js';
import { type FindCoordinator, searchCoordinator } from './coordinator-search.js';

/** A coordinator may be started after its workers, or its name be known only then. */
const FIND_MS = 60_000;

/** The local address that packets to the first coordinator with a known place leave from. Nothing is sent. */
export function ownAddressTowardsAny(find: FindCoordinator): Promise<string> {
  const attempt = (address: string): Promise<string> => {
    const { host, port } = parseAddress(address);
    return ownAddressTowards(host, port);
  };
  const { signal } = new AbortController();
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

/** Where to listen: other machines are let in only where the own address is not the loopback one. */
export function interfaceFor(ownAddress: string): string {
  if (ownAddress === '::1' || ownAddress.startsWith('127.')) return ownAddress;
  return ownAddress.includes(':') ? '::' : '0.0.0.0';
}
