/**
 * The port on which a rank's successor connects, and whoever copies tensors from it; opened before its worker joins a run, and
 * kept over generations.
 */
import type { Socket } from 'node:net';
import { messageOf, MlipError } from '../core/errors.js';
import type { Refusals } from '../security/refusals.js';
import { type SocketListener, listenForSockets } from '../security/socket-listener.js';
import type { TlsFiles } from '../security/tls-files.js';
import type { Caller } from './frame.js';
import { GREETING_TIMEOUT_MS, Reception, type Offer } from './reception.js';

export interface PeerListener {
  readonly port: number;
  /** The connection of the peer that greets with `expected`; undefined if it has not come before `deadline`. */
  accept(expected: Caller, deadline: AbortSignal): Promise<Socket | undefined>;
  /** What the ranks of a generation may copy from now on; undefined withdraws it, but ends no copy that is under way. */
  offer(offer: Offer | undefined): void;
  /** Stops listening. Rings that are open go on. */
  close(): Promise<void>;
}

export interface ListenOptions {
  /** An address of this machine; 0.0.0.0 for peers on other machines. */
  host: string;
  /** Any that is free where it is not given. */
  port?: number | undefined;
  /** Null speaks without TLS, as all ranks of a run then must. */
  tls: TlsFiles | null;
  refusals: Refusals;
}

/** Neighbours of a ring are two; the rest are strangers. */
const LIMITS = { total: 512, pending: 64, pendingPerAddress: 64, deadlineMs: GREETING_TIMEOUT_MS };

/** Listens for other workers. Throws MLIP_E_PORT_IN_USE. */
export async function listen({ host, port = 0, tls, refusals }: ListenOptions): Promise<PeerListener> {
  const reception = new Reception(refusals);
  const listener = await listenForSockets({
    ...{ host, port, tls, limits: LIMITS, refusals },
    onSocket(socket) {
      // The reception has a deadline of its own.
      listener.admission.admit(socket.remoteAddress, socket.remotePort);
      reception.receive(socket);
    },
  }).catch((cause: unknown) => {
    throw portInUse(`${host}:${port}`, cause);
  });
  return {
    port: listener.port,
    accept: (expected, deadline) => reception.expect(expected, deadline),
    offer: (offer) => reception.offers(offer),
    close: () => close(listener, reception),
  };
}

function portInUse(address: string, cause: unknown): MlipError {
  return new MlipError('MLIP_E_PORT_IN_USE', `cannot listen on ${address} for other workers: ${messageOf(cause)}`, {
    where: address,
    remedy: 'Choose another --peer-port, or none, which takes any that is free.',
    cause,
  });
}

async function close(listener: SocketListener, reception: Reception): Promise<void> {
  reception.close();
  await listener.close();
}
