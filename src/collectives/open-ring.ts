/** How ranks find each other: each connects to its predecessor and is connected to by its successor. */
import type { Socket } from 'node:net';
import { MlipError } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import type { TlsFiles } from '../security/tls-files.js';
import { failure } from './failures.js';
import { digestToken, encodeGreeting, type Frame, type Refusal } from './frame.js';
import { Inbound } from './inbound.js';
import type { PeerListener } from './listener.js';
import { Outbound } from './outbound.js';
import { SoloRing, type Ring } from './ring.js';
import { modulo } from './segments.js';
import { SocketRing } from './socket-ring.js';

export interface Peer {
  rank: number;
  host: string;
  port: number;
}

export interface RingOptions {
  rank: number;
  world: number;
  /** Grows with each change of membership; peers of an older one are refused. */
  generation: number;
  /** All ranks of this generation. */
  peers: readonly Peer[];
  /** This rank's own, whose port the peers were told. */
  listener: PeerListener;
  /** Known to the ranks of this run only: RunToken.forRing. */
  token: string;
  /** That of the listener; null where the ranks speak without. */
  tls: TlsFiles | null;
  /** For the connections, and for each operation from the end of the one before. */
  timeoutMs: number;
  log: Logger;
}

/**
 * Resolves once both neighbours are connected; rejects after `timeoutMs`, or at once if the predecessor cannot be
 * reached or refuses. A ring of one rank has nothing to do and does nothing.
 */
export async function openRing(options: RingOptions): Promise<Ring> {
  if (options.world === 1) return new SoloRing();
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), options.timeoutMs);
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
    clearTimeout(timer);
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
  const { rank, world, generation, token, tls, timeoutMs } = options;
  const peer = options.peers.find((candidate) => candidate.rank === modulo(rank - 1, world));
  if (peer === undefined) throw new MlipError('MLIP_E_INTERNAL', `the predecessor of rank ${rank} has no address`);
  return new Promise((resolve, reject) => {
    const inbound = new Inbound(peer, tls, {
      onFrame: (frame) => {
        inbound.pause();
        if (frame?.kind === 'accepted' && frame.generation === generation) resolve(inbound);
        else reject(refused(peer, generation, frame));
        return undefined;
      },
      onPayload: ignore,
      onClosed: (cause) => reject(inbound.refusal(nameOf(peer)) ?? unreachable(peer, cause, inbound.droppedInSilence)),
    });
    deadline.addEventListener('abort', () => {
      reject(silent(peer, timeoutMs));
      inbound.drop();
    });
    inbound.greet(encodeGreeting({ token: digestToken(token), generation, rank }));
  });
}

function nameOf(peer: Peer): string {
  return `rank ${peer.rank} at ${peer.host}:${peer.port}`;
}

function silent(peer: Peer, timeoutMs: number): MlipError {
  return failure('MLIP_E_REDUCE_TIMEOUT', peer.rank, `${nameOf(peer)} did not answer within ${timeoutMs} ms`).error;
}

function unreachable(peer: Peer, cause: Error | undefined, inSilence: boolean): MlipError {
  const silence = inSilence ? ' after the TLS handshake; its log says whether it refused our certificate' : '';
  const why = cause === undefined ? `it closed the connection${silence}` : `${cause.message}${silence}`;
  return failure('MLIP_E_PEER_LOST', peer.rank, `${nameOf(peer)} cannot be reached: ${why}`, cause).error;
}

function refused(peer: Peer, generation: number, frame: Frame | undefined): MlipError {
  const reasons: Record<Refusal, string> = {
    token: 'it belongs to another run',
    generation: `this rank is of generation ${generation}, which is over`,
    neighbour: 'it expects another neighbour',
  };
  const why = frame?.kind === 'refused' ? reasons[frame.refusal] : 'it does not speak this protocol';
  return new MlipError('MLIP_E_PEER_REFUSED', `${nameOf(peer)} refused the connection: ${why}`, {
    where: nameOf(peer),
    remedy: 'Let this worker join the run again; make sure that no worker of an earlier run is left.',
  });
}
