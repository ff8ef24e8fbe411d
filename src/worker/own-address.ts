/** The address under which other workers reach this one, where nobody says it: that of the way to the coordinator. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

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
