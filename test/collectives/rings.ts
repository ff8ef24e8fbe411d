/** Opens rings for tests: all ranks in this process, over real sockets on loopback. */
import { openRing, type Peer, type RingOptions } from '../../src/collectives/open-ring.js';
import { listen, type PeerListener } from '../../src/collectives/listener.js';
import type { Ring } from '../../src/collectives/ring.js';
import type { TlsFiles } from '../../src/security/tls-files.js';
import { quietRefusals, silent } from '../support/access.js';

export { silent };

/** On the loopback interface. */
export function listenHere(tls: TlsFiles | null = null): Promise<PeerListener> {
  return listen({ host: '127.0.0.1', tls, refusals: quietRefusals() });
}

export interface Rings {
  rings: Ring[];
  close: () => Promise<void>;
}

export function optionsOf(rank: number, peers: Peer[], listener: PeerListener): RingOptions {
  return {
    rank,
    world: peers.length,
    generation: 1,
    peers,
    listener,
    token: 'test',
    tls: null,
    timeoutMs: 5000,
    log: silent,
  };
}

export function peerOf(listener: PeerListener, rank: number): Peer {
  return { rank, host: '127.0.0.1', port: listener.port };
}

export async function openRings(world: number, changes: Partial<RingOptions> = {}): Promise<Rings> {
  const listeners = await Promise.all(Array.from({ length: world }, () => listenHere(changes.tls ?? null)));
  const peers = listeners.map(peerOf);
  const rings = await Promise.all(
    listeners.map((listener, rank) => openRing({ ...optionsOf(rank, peers, listener), ...changes })),
  );
  const close = async (): Promise<void> => {
    await Promise.all([...rings, ...listeners].map((part) => part.close()));
  };
  return { rings, close };
}

/** Numbers of very different size, so that another order of additions gives other bits. */
export function roughNumbers(length: number, seed: number): Float32Array {
  let state = seed * 2654435761 + 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state / 2 ** 31) * 10 ** (state & 7);
  });
}

/** Equal to the last bit. */
export function sameBits(a: Float32Array, b: Float32Array): boolean {
  return Buffer.compare(bytes(a), bytes(b)) === 0;
}

function bytes(values: Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
