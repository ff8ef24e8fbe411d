/** A rank connects to another one and is accepted, or turned down. */
import { MlipError } from '../core/errors.js';
import { untilAborted } from '../core/linked-signal.js';
import { refusedByServer } from '../security/tls-errors.js';
import type { TlsFiles } from '../security/tls-files.js';
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
  /** Null speaks without TLS. */
  tls: TlsFiles | null;
  generation: number;
  rank: number;
  /** For messages; `deadline` ends the wait. */
  timeoutMs: number;
}

/** How long a peer that cannot be reached is called again. A dead one ends the generation before: its coordinator sees it. */
const CALL_AGAIN_MS = 3_000;
const PAUSE_MS = 100;

/** The connection, paused, on which nothing but what was asked for follows. Rejects with a PeerFailure. */
export async function callPeer(peer: Peer, call: Call, deadline: AbortSignal): Promise<Inbound> {
  const lastMs = performance.now() + CALL_AGAIN_MS;
  for (let drops = 0; ;) {
    try {
      return await callOnce(peer, call, deadline);
    } catch (error) {
      drops = error instanceof Dropped ? drops + 1 : 0;
      if (drops > 1) throw refusedByServer(nameOf(peer), error as Dropped);
      if (!(error instanceof Unreachable) || deadline.aborted || performance.now() > lastMs) throw error;
      await untilAborted(deadline, PAUSE_MS);
    }
  }
}

/** A network that is away for a moment looks like a peer that is gone. */
class Unreachable extends PeerFailure {}

/** Closed after the TLS handshake without a word: since our certificate was refused, or by a peer that has died, but not twice. */
class Dropped extends Unreachable {}

function callOnce(peer: Peer, call: Call, deadline: AbortSignal): Promise<Inbound> {
  const { purpose, token, tls, generation, rank, timeoutMs } = call;
  return new Promise((resolve, rejectOnly) => {
    // Whoever was turned down may call for as long as its run lasts: its connections must not add up.
    const reject = (error: MlipError): void => {
      deadline.removeEventListener('abort', giveUp);
      inbound.drop();
      rejectOnly(error);
    };
    const inbound = new Inbound(peer, tls, {
      onFrame: (frame) => {
        inbound.pause();
        if (frame?.kind === 'accepted' && frame.generation === generation) resolve(inbound);
        else reject(refused(peer, generation, frame));
        return undefined;
      },
      onPayload: () => undefined,
      onClosed: (cause) => reject(inbound.refusal(nameOf(peer)) ?? unreachable(peer, cause, inbound.droppedInSilence)),
    });
    const giveUp = (): void => reject(silent(peer, timeoutMs));
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

function unreachable(peer: Peer, cause: Error | undefined, inSilence: boolean): MlipError {
  const why = `${cause === undefined ? 'it closed the connection' : cause.message}${inSilence ? ' after the TLS handshake' : ''}`;
  const { error } = failure('MLIP_E_PEER_LOST', peer.rank, `${nameOf(peer)} cannot be reached: ${why}`, cause);
  const { code, rank, message, where, remedy } = error;
  return new (inSilence ? Dropped : Unreachable)(code, rank, message, { where, remedy, cause });
}

function refused(peer: Peer, generation: number, frame: Frame | undefined): MlipError {
  const reasons: Record<Refusal, string> = {
    token: 'it belongs to another run',
    generation: `this rank is of generation ${generation}, which is over`,
    neighbour: 'it expects another neighbour',
    protocol: 'it does not understand this rank',
  };
  const why = frame?.kind === 'refused' ? reasons[frame.refusal] : 'it does not speak this protocol';
  return new PeerFailure('MLIP_E_PEER_REFUSED', peer.rank, `${nameOf(peer)} refused the connection: ${why}`, {
    where: nameOf(peer),
    remedy: 'Let this worker join the run again; make sure that no worker of an earlier run is left.',
  });
}
