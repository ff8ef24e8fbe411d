/** A rank connects to another one and is accepted, or turned down. */
import { MlipError } from '../core/errors.js';
import { failure, PeerFailure } from './failures.js';
import { digestToken, encodeGreeting, type Frame, type Purpose, type Refusal } from './frame.js';
import { Inbound } from './inbound.js';

export interface Peer {
  rank: number;
  host: string;
  port: number;
}

/** Who calls. */
export interface Call {
  purpose: Purpose;
  /** Known to the ranks of this run only. */
  token: string;
  generation: number;
  rank: number;
  /** For messages; `deadline` ends the wait. */
  timeoutMs: number;
}

/** The connection, paused, on which nothing but what was asked for follows. Rejects with a PeerFailure. */
export function callPeer(peer: Peer, call: Call, deadline: AbortSignal): Promise<Inbound> {
  const { purpose, token, generation, rank, timeoutMs } = call;
  return new Promise((resolve, reject) => {
    const inbound = new Inbound(peer, {
      onFrame: (frame) => {
        inbound.pause();
        if (frame?.kind === 'accepted' && frame.generation === generation) resolve(inbound);
        else reject(refused(peer, generation, frame));
        return undefined;
      },
      onPayload: () => undefined,
      onClosed: (cause) => reject(unreachable(peer, cause)),
    });
    const giveUp = (): void => {
      reject(silent(peer, timeoutMs));
      inbound.drop();
    };
    if (deadline.aborted) return giveUp();
    deadline.addEventListener('abort', giveUp, { once: true });
    inbound.greet(encodeGreeting({ purpose, token: digestToken(token), generation, rank }));
  });
}

/** The peer of that rank. */
export function peerOfRank(peers: readonly Peer[], rank: number): Peer {
  const peer = peers.find((candidate) => candidate.rank === rank);
  if (peer === undefined) throw new MlipError('MLIP_E_INTERNAL', `rank ${rank} has no address`);
  return peer;
}

export function nameOf(peer: Peer): string {
  return `rank ${peer.rank} at ${peer.host}:${peer.port}`;
}

function silent(peer: Peer, timeoutMs: number): MlipError {
  return failure('MLIP_E_REDUCE_TIMEOUT', peer.rank, `${nameOf(peer)} did not answer within ${timeoutMs} ms`).error;
}

function unreachable(peer: Peer, cause: Error | undefined): MlipError {
  const why = cause === undefined ? 'it closed the connection' : cause.message;
  return failure('MLIP_E_PEER_LOST', peer.rank, `${nameOf(peer)} cannot be reached: ${why}`, cause).error;
}

function refused(peer: Peer, generation: number, frame: Frame | undefined): MlipError {
  const reasons: Record<Refusal, string> = {
    token: 'it belongs to another run',
    generation: `this rank is of generation ${generation}, which is over`,
    neighbour: 'it expects another neighbour',
  };
  const why = frame?.kind === 'refused' ? reasons[frame.refusal] : 'it does not speak this protocol';
  return new PeerFailure('MLIP_E_PEER_REFUSED', peer.rank, `${nameOf(peer)} refused the connection: ${why}`, {
    where: nameOf(peer),
    remedy: 'Let this worker join the run again; make sure that no worker of an earlier run is left.',
  });
}
