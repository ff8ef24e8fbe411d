/**
 * The port on which a rank's successor connects, and whoever copies tensors from it; opened before its worker joins a run, and
 * kept over generations.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Caller } from './frame.js';
import { Reception, type Offer } from './reception.js';

export interface PeerListener {
  readonly port: number;
  /** The connection of the peer that greets with `expected`; undefined if it has not come before `deadline`. */
  accept(expected: Caller, deadline: AbortSignal): Promise<Socket | undefined>;
  /** What the ranks of a generation may copy from now on; undefined withdraws it, but ends no copy that is under way. */
  offer(offer: Offer | undefined): void;
  /** Stops listening. Rings that are open go on. */
  close(): Promise<void>;
}

/** Bytes written ahead before `drain` is awaited: a few segments. */
const WRITE_AHEAD_BYTES = 1 << 20;

/** Listens on a port of `host`, an address of this machine (0.0.0.0 for peers on other machines); 0 takes one that is free. */
export async function listen(host = '127.0.0.1', port = 0): Promise<PeerListener> {
  const server = createServer({ noDelay: true, highWaterMark: WRITE_AHEAD_BYTES });
  const reception = new Reception();
  server.on('connection', (socket) => reception.receive(socket));
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    accept: (expected, deadline) => reception.expect(expected, deadline),
    offer: (offer) => reception.offers(offer),
    close: () => closeServer(server, reception),
  };
}

async function closeServer(server: Server, reception: Reception): Promise<void> {
  reception.close();
  if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
}
