/** What a NATS server says of itself before anything else, in the clear. */
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';

const WAIT_MS = 2000;

/**
 * Whether one of the servers wants a certificate of its clients. It says why it refuses one only after the handshake, where the
 * library does not hear it and just times out.
 */
export async function wantsClientCertificate(addresses: readonly string[]): Promise<boolean> {
  const infos = await Promise.all(addresses.map((address) => readInfo(address).catch(() => '')));
  return infos.some((info) => /"tls_verify":\s*true/.test(info));
}

async function readInfo(address: string): Promise<string> {
  const { hostname, port } = new URL(`nats://${address}`);
  const socket = createConnection({ host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) });
  const signal = AbortSignal.timeout(WAIT_MS);
  try {
    const lines = createInterface({ input: socket });
    const [line] = (await Promise.race([once(lines, 'line', { signal }), once(socket, 'close', { signal })])) as [
      unknown,
    ];
    return String(line);
  } finally {
    socket.destroy();
  }
}
