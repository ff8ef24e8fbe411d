import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { digestToken, encodeFrame, encodeGreeting } from '../../src/collectives/frame.js';
import { listen } from '../../src/collectives/listener.js';
import { openRing } from '../../src/collectives/open-ring.js';
import { openRings, optionsOf } from './rings.js';

const LARGE = 4_000_000;

it('ranks that call different things learn it instead of adding garbage', async () => {
  const { rings, close } = await openRings(2);
  const calls = rings.map((ring, rank) => ring.allReduce(new Float32Array(1000 + rank * 2)));
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'MLIP_E_REDUCE_MISMATCH' });
  await close();
});

it('a broken ring rejects what is under way and whatever is called later with the same error', async () => {
  const { rings, close } = await openRings(3, { timeoutMs: 300 });
  const [, ring] = rings;
  const [first, second] = [ring.allReduce(new Float32Array(LARGE)), ring.allReduce(new Float32Array(3))];
  await expect(first).rejects.toMatchObject({ code: 'MLIP_E_REDUCE_TIMEOUT', where: 'rank 0' });
  await expect(second).rejects.toBe(ring.aborted);
  await expect(ring.allReduce(new Float32Array(3))).rejects.toBe(ring.aborted);
  await expect(ring.broadcast(new Float32Array(3), 1)).rejects.toBe(ring.aborted);
  await close();
});

it('one rank’s failure reaches the others, who name the same culprit', async () => {
  const { rings, close } = await openRings(5, { timeoutMs: 60_000 });
  const calls = rings.slice(1).map((ring) => ring.allReduce(new Float32Array(LARGE)));
  await rings[0].close();
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'MLIP_E_PEER_LOST', where: 'rank 0' });
  await close();
});

it('a rank that leaves with work under way rejects it and tells its peers', async () => {
  const { rings, close } = await openRings(2);
  const calls = rings.map((ring) => ring.allReduce(new Float32Array(LARGE)));
  await rings[1].close();
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'MLIP_E_PEER_LOST', where: 'rank 1' });
  await close();
});

it('a rank that is done may leave while others still finish', async () => {
  for (let repeat = 0; repeat < 20; repeat++) {
    const { rings, close } = await openRings(3);
    await Promise.all(rings.map((ring) => ring.allReduce(new Float32Array(300_000)).then(() => ring.close())));
    await close();
  }
});

it('a rejection that nobody awaits yet does not end the process', async () => {
  const { rings, close } = await openRings(2);
  const call = rings[0].allReduce(new Float32Array(LARGE));
  await rings[1].close();
  await new Promise((go) => setTimeout(go, 50));
  await expect(call).rejects.toMatchObject({ code: 'MLIP_E_PEER_LOST' });
  await close();
});

/** A rank 1 whose neighbour is a socket that says what it likes once the ring is open. */
async function withForger(forge: (downstream: Socket, upstream: Socket) => void): Promise<void> {
  const listener = await listen();
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const peers = [{ rank: 0, host: '127.0.0.1', port: (server.address() as AddressInfo).port }];
  const opening = openRing({ ...optionsOf(1, peers, listener), world: 2 });
  const upstream = connect(listener.port, '127.0.0.1');
  upstream.write(encodeGreeting({ purpose: 'ring', token: digestToken('test'), generation: 1, rank: 0 }));
  const [downstream] = (await once(server, 'connection')) as [Socket];
  downstream.write(encodeFrame({ kind: 'accepted', generation: 1 }));
  const ring = await opening;
  const call = ring.allReduce(new Float32Array(1000));
  forge(downstream, upstream);
  await call.catch(() => undefined);
  for (const part of [downstream, upstream]) part.destroy();
  await Promise.all([ring.close(), listener.close(), new Promise((resolve) => server.close(resolve))]);
  return call;
}

it.each([
  ['a segment of four thousand million elements', { kind: 'segment', sequence: 0, index: 0, count: 2 ** 32 - 1 }],
  ['a segment of an earlier operation', { kind: 'segment', sequence: 2 ** 31, index: 0, count: 500 }],
  ['a segment out of order', { kind: 'segment', sequence: 0, index: 1, count: 500 }],
  ['a frame that has no place here', { kind: 'accepted', generation: 1 }],
] as const)('%s is refused without being read', async (_, frame) => {
  const call = withForger((downstream) => downstream.write(encodeFrame(frame)));
  await expect(call).rejects.toMatchObject({ code: 'MLIP_E_REDUCE_MISMATCH', where: 'rank 0' });
});

it('garbage in place of a frame, from either side, breaks the ring with an error', async () => {
  const downward = withForger((downstream) => downstream.write(Buffer.alloc(64, 0xab)));
  await expect(downward).rejects.toMatchObject({ code: 'MLIP_E_REDUCE_MISMATCH', where: 'rank 0' });
  const upward = withForger((_, upstream) => upstream.write(Buffer.alloc(64, 0xab)));
  await expect(upward).rejects.toMatchObject({ code: 'MLIP_E_REDUCE_MISMATCH', where: 'rank 0' });
});

it('a connection that closes within a segment is a lost peer', async () => {
  const call = withForger((downstream) => {
    downstream.end(
      Buffer.concat([encodeFrame({ kind: 'segment', sequence: 0, index: 0, count: 500 }), Buffer.alloc(7)]),
    );
  });
  await expect(call).rejects.toMatchObject({ code: 'MLIP_E_PEER_LOST', where: 'rank 0' });
});
