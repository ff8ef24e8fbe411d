import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { callPeer } from '../../src/collectives/call-peer.js';
import { digestToken, encodeFrame, encodeGreeting, GREETING_BYTES } from '../../src/collectives/frame.js';
import { openRing, type Peer, type RingOptions } from '../../src/collectives/open-ring.js';
import type { Ring } from '../../src/collectives/ring.js';
import { openLink } from '../../bench/chaos/link.js';
import { listenHere, optionsOf, peerOf } from './rings.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Options of a two-rank ring, per rank. */
async function pair(): Promise<[RingOptions, RingOptions]> {
  const listeners = await Promise.all([listenHere(), listenHere()]);
  cleanups.push(() => Promise.all(listeners.map((listener) => listener.close())));
  const peers = listeners.map(peerOf);
  return [optionsOf(0, peers, listeners[0]), optionsOf(1, peers, listeners[1])];
}

async function open(options: RingOptions): Promise<Ring> {
  const ring = await openRing(options);
  cleanups.push(() => ring.close());
  return ring;
}

/** Rank 1 from before: same peers, its own listener. */
async function ghostOf(rank: RingOptions): Promise<RingOptions> {
  const listener = await listenHere();
  cleanups.push(() => listener.close());
  return { ...rank, listener };
}

async function expectToWork(rings: Ring[]): Promise<void> {
  const buffers = rings.map(() => new Float32Array(1000).fill(1));
  await Promise.all(rings.map((ring, rank) => ring.allReduce(buffers[rank])));
  for (const buffer of buffers) expect(buffer.every((value) => value === rings.length)).toBe(true);
}

async function stranger(port: number, bytes: Uint8Array | string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  cleanups.push(() => socket.destroy());
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
}

/** A server in the place of rank 0 that answers a greeting with `answer`; `open` are its connections. */
async function fakePredecessor(answer: Uint8Array | string): Promise<Peer & { open: Set<Socket> }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    cleanups.push(() => socket.destroy());
    socket.once('data', () => socket.write(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  return { rank: 0, host: '127.0.0.1', port: (server.address() as AddressInfo).port, open };
}

const GARBAGE = [
  Buffer.alloc(GREETING_BYTES, 0xff),
  Buffer.alloc(1 << 20, 7),
  'GET /metrics HTTP/1.1\r\nHost: mlip\r\nAccept: */*\r\n\r\n',
];

describe('strangers', () => {
  it('are sent away before, while and after a ring opens, which works regardless', async () => {
    const [first, second] = await pair();
    const knock = (): Promise<Socket[]> => {
      return Promise.all(GARBAGE.map((bytes) => stranger(first.listener.port, bytes)));
    };
    const early = await knock();
    const opening = open(first);
    await knock();
    const rings = await Promise.all([opening, open(second)]);
    await knock();
    await expectToWork(rings);
    for (const socket of early) if (!socket.closed) await once(socket, 'close');
  });

  it('that say nothing keep nobody waiting', async () => {
    const [first, second] = await pair();
    await stranger(first.listener.port, '');
    await expectToWork(await Promise.all([open(first), open(second)]));
  });

  it('cannot crowd out the peer', async () => {
    const [first, second] = await pair();
    for (let i = 0; i < 100; i++) await stranger(first.listener.port, 'x');
    await expectToWork(await Promise.all([open(first), open(second)]));
  });

  it('that say nothing do not take the place of a peer that has greeted and waits', async () => {
    const [first] = await pair();
    const greeting = encodeGreeting({ purpose: 'ring', token: digestToken('test'), generation: 1, rank: 1 });
    const early = await stranger(first.listener.port, greeting);
    // It has been read: the listener takes connections in order.
    for (let i = 0; i < 80; i++) await stranger(first.listener.port, '');
    await new Promise((go) => setTimeout(go, 100));
    expect(early.readableEnded).toBe(false);
    const answer = once(early, 'data');
    const giveUp = new AbortController();
    const opening = openRing({ ...first, signal: giveUp.signal }).catch((error: unknown) => error);
    expect(await answer).toEqual([encodeFrame({ kind: 'accepted', generation: 1 })]);
    giveUp.abort();
    await opening;
  });
});

describe('a rank', () => {
  it('that comes early waits for the others', async () => {
    const [first, second] = await pair();
    const opening = open(first);
    await new Promise((go) => setTimeout(go, 200));
    await expectToWork(await Promise.all([opening, open(second)]));
  });

  it('of an older generation is refused, whether it comes early or late, and disturbs nobody', async () => {
    const [first, second] = await pair();
    const early = open(await ghostOf(second)).catch((error: unknown) => error);
    const rings = await Promise.all([open({ ...first, generation: 2 }), open({ ...second, generation: 2 })]);
    const late = open(await ghostOf(second)).catch((error: unknown) => error);
    for (const error of await Promise.all([early, late])) {
      expect(error).toMatchObject({ code: 'MLIP_E_PEER_REFUSED', where: expect.stringContaining('rank 0') as string });
      expect((error as Error).message).toContain('this rank is of generation 1, which is over');
    }
    await expectToWork(rings);
  });

  it('of a newer generation waits until its peer gets there', async () => {
    const [first, second] = await pair();
    const old = await Promise.all([open(first), open(second)]);
    const ahead = open({ ...second, generation: 2 });
    await new Promise((go) => setTimeout(go, 100));
    await expectToWork(old);
    await expectToWork(await Promise.all([open({ ...first, generation: 2 }), ahead]));
  });

  it('of another run, or out of place, is refused', async () => {
    const [first, second] = await pair();
    await Promise.all([open(first), open(second)]);
    const other = openRing({ ...(await ghostOf(second)), token: 'another run' });
    await expect(other).rejects.toThrow('it belongs to another run');
    const twin = openRing(await ghostOf(second));
    await expect(twin).rejects.toThrow('it expects another neighbour');
  });

  it('whose predecessor cannot be reached for a moment calls it again', async () => {
    const [first, second] = await pair();
    const link = await openLink();
    cleanups.push(() => link.close());
    link.to = first.listener.port;
    link.refuse(400);
    const peers = [{ ...first.peers[0], port: link.port }, second.peers[1]];
    await expectToWork(await Promise.all([open(first), open({ ...second, peers })]));
  });

  it('whose predecessor is gone says so after a few seconds', async () => {
    const [first, second] = await pair();
    await first.listener.close();
    await expect(openRing(second)).rejects.toMatchObject({
      code: 'MLIP_E_PEER_LOST',
      where: 'rank 0',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('whose predecessor or successor keeps silent gives up at the deadline and names it', async () => {
    const [first, second] = await pair();
    const silentPeers = [await fakePredecessor(''), second.peers[1]];
    await expect(openRing({ ...second, peers: silentPeers, timeoutMs: 200 })).rejects.toMatchObject({
      code: 'MLIP_E_REDUCE_TIMEOUT',
      where: 'rank 0',
    });
    const accepting = [await fakePredecessor(encodeFrame({ kind: 'accepted', generation: 1 }))];
    await expect(openRing({ ...second, peers: accepting, timeoutMs: 200 })).rejects.toMatchObject({
      code: 'MLIP_E_REDUCE_TIMEOUT',
      message: 'rank 0 did not connect within 200 ms (generation 1)',
    });
    await first.listener.close();
  });

  it('does not take another protocol for a peer', async () => {
    const [, second] = await pair();
    const peers = [await fakePredecessor('HTTP/1.1 400 Bad Request\r\n\r\n')];
    await expect(openRing({ ...second, peers })).rejects.toThrow('it does not speak this protocol');
  });

  it.each([
    ['refused', encodeFrame({ kind: 'refused', generation: 1, refusal: 'token' })],
    ['answered with garbage', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  ])('that is %s leaves no connection behind', async (_, answer) => {
    const peer = await fakePredecessor(answer);
    const call = { purpose: 'copy', token: 'test', tls: null, generation: 1, rank: 1, timeoutMs: 5000 } as const;
    for (let i = 0; i < 5; i++) {
      const calling = callPeer(peer, call, new AbortController().signal);
      await expect(calling).rejects.toMatchObject({ code: 'MLIP_E_PEER_REFUSED' });
    }
    await expect.poll(() => peer.open.size).toBe(0);
  });
});
