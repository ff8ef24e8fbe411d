/** How ranks find each other: each connects to its predecessor and is connected to by its successor. */
import type { Socket } from 'node:net';
import { linkedSignal } from '../core/linked-signal.js';
import type { Logger } from '../core/log.js';
import { callPeer, peerOfRank, type Peer } from './call-peer.js';
import { failure } from './failures.js';
import { digestToken } from './frame.js';
import type { Inbound } from './inbound.js';
import type { PeerListener } from './listener.js';
import { Outbound } from './outbound.js';
import { SoloRing, type Ring } from './ring.js';
import { modulo } from './segments.js';
import { SocketRing } from './socket-ring.js';

export type { Peer } from './call-peer.js';

export interface RingOptions {
  rank: number;
  world: number;
  /** Grows with each change of membership; peers of an older one are refused. */
  generation: number;
  /** All ranks of this generation. */
  peers: readonly Peer[];
  /** This rank's own, whose port the peers were told. */
  listener: PeerListener;
  /** Known to the ranks of this run only. */
  token: string;
  /** For the connections, and for each operation from the end of the one before. */
  timeoutMs: number;
  /** Gives the ring up while it is being opened. */
  signal?: AbortSignal;
  log: Logger;
}

/**
 * Resolves once both neighbours are connected; rejects after `timeoutMs`, or at once if the predecessor cannot be
 * reached or refuses. A ring of one rank has nothing to do and does nothing.
 */
export async function openRing(options: RingOptions): Promise<Ring> {
  if (options.world === 1) return new SoloRing();
  const deadline = linkedSignal(options.signal, options.timeoutMs);
  const connecting = connectToPredecessor(options, deadline.signal);
  const accepting = acceptSuccessor(options, deadline.signal);
  try {
    const [inbound, socket] = await Promise.all([connecting, accepting]);
    options.log.debug('ring open', { generation: options.generation, world: options.world });
    return new SocketRing(options, inbound, (handler) => new Outbound(socket, handler));
  } catch (error) {
    // Whatever is open, or opens yet, is dropped.
    accepting.then((socket) => socket.destroy(), ignore);
    deadline.abort();
    throw error;
  } finally {
    deadline.release();
  }
}

const ignore = (): void => undefined;

async function acceptSuccessor(options: RingOptions, deadline: AbortSignal): Promise<Socket> {
  const { rank, world, generation, token, timeoutMs } = options;
  const successor = modulo(rank + 1, world);
  const socket = await options.listener.accept({ token: digestToken(token), generation, rank: successor }, deadline);
  if (socket !== undefined) return socket;
  const what = `rank ${successor} did not connect within ${timeoutMs} ms (generation ${generation})`;
  throw failure('MLIP_E_REDUCE_TIMEOUT', successor, what).error;
}

function connectToPredecessor(options: RingOptions, deadline: AbortSignal): Promise<Inbound> {
  const { rank, world, generation, token, timeoutMs, peers } = options;
  const predecessor = peerOfRank(peers, modulo(rank - 1, world));
  return callPeer(predecessor, { purpose: 'ring', token, generation, rank, timeoutMs }, deadline);
}
