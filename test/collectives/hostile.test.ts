/** What strangers and broken neighbours send to a rank: refused or a failure with a code, and never more than that. */
import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  decodeFrame,
  decodeGreeting,
  digestToken,
  encodeFrame,
  encodeGreeting,
  FRAME_BYTES,
  GREETING_BYTES,
  type Frame,
} from '../../src/collectives/frame.js';
import { listen } from '../../src/collectives/listener.js';
import { openRing } from '../../src/collectives/open-ring.js';
import { Reception } from '../../src/collectives/reception.js';
import { REFUSAL_REASONS, Refusals } from '../../src/security/refusals.js';
import { silent } from '../support/access.js';
import { listenHere, optionsOf, peerOf } from './rings.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const uint = fc.oneof(fc.nat(4), fc.constantFrom(0xffffffff, 0x7fffffff), fc.nat());
const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ kind: fc.constant('segment' as const), sequence: uint, index: uint, count: uint }),
  fc.record({ kind: fc.constant('accepted' as const), generation: uint }),
  fc.record({
    kind: fc.constant('refused' as const),
    generation: uint,
    refusal: fc.constantFrom('token', 'generation'),
  }),
  fc.record({ kind: fc.constant('abort' as const), code: fc.constantFrom('MLIP_E_PEER_LOST'), rank: uint }),
);
const bytesOf = (length: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes));

const token = fc.oneof(bytesOf(32), fc.constant(digestToken('test')));
const greeting = fc
  .record({ purpose: fc.constantFrom('ring' as const, 'copy' as const), token, generation: uint, rank: uint })
  .map(encodeGreeting);
const knock = fc.oneof(
  greeting,
  bytesOf(GREETING_BYTES),
  fc.uint8Array({ maxLength: 200 }).map((b) => Buffer.from(b)),
);

it('any bytes are a frame, a greeting, or nothing', () => {
  fc.assert(
    fc.property(fc.oneof(frame.map(encodeFrame), bytesOf(FRAME_BYTES)), (bytes) => {
      const decoded = decodeFrame(bytes);
      if (decoded !== undefined) expect(encodeFrame(decoded).readUInt32LE(0)).toBe(bytes.readUInt32LE(0));
    }),
    { numRuns: 2_000 },
  );
  fc.assert(
    fc.property(knock, (bytes) => {
      const decoded = decodeGreeting(bytes);
      if (decoded !== undefined) expect(decoded.token.length).toBe(32);
    }),
    { numRuns: 2_000 },
  );
});

async function throwAt(port: number, bytes: Buffer): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  socket.write(bytes);
  await new Promise<void>((resolve) => {
    socket.once('close', resolve);
    setTimeout(() => socket.destroy(), 30);
  });
}

it('a thousand greetings are refused and counted, and the ring opens and works beside them', async () => {
  const refusals = new Refusals(silent);
  const [first, second] = [await listen({ host: '127.0.0.1', tls: null, refusals }), await listenHere()];
  cleanups.push(
    () => first.close(),
    () => second.close(),
  );
  const peers = [first, second].map(peerOf);
  // A token of the run on every greeting that could be the neighbour's would be the neighbour.
  const strangers = fc.sample(knock, 1_000).filter((bytes) => {
    const { rank, generation } = decodeGreeting(bytes) ?? {};
    return rank !== 1 || generation !== 3;
  });
  const options = [first, second].map((listener, rank) => ({ ...optionsOf(rank, peers, listener), generation: 3 }));
  const flood = async (): Promise<void> => {
    for (let bytes = strangers.pop(); bytes !== undefined; bytes = strangers.pop()) await throwAt(first.port, bytes);
  };
  const opening = openRing(options[0]);
  const flooding = Promise.all(Array.from({ length: 16 }, flood));
  const rings = await Promise.all([opening, openRing(options[1])]);
  for (let round = 0; round < 5; round++) {
    const buffers = rings.map(() => new Float32Array(50_000).fill(1));
    await Promise.all(rings.map((ring, rank) => ring.allReduce(buffers[rank])));
    expect(buffers.every((buffer) => buffer.every((value) => value === 2))).toBe(true);
  }
  await flooding;
  for (const reason of ['token', 'protocol', 'stale'] as const) expect(refusals.of(reason)).toBeGreaterThan(0);
  await Promise.all(rings.map((ring) => ring.close()));
});

describe('a neighbour that has been let in', () => {
  /** Rank 1, between two ends of a rank 0 that is nobody. */
  async function between(act: (downstream: Socket, upstream: Socket) => void): Promise<unknown> {
    const listener = await listenHere();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const peers = [{ rank: 0, host: '127.0.0.1', port: (server.address() as AddressInfo).port }];
    const opening = openRing({ ...optionsOf(1, peers, listener), world: 2, timeoutMs: 500 });
    const upstream = connect(listener.port, '127.0.0.1');
    upstream.on('error', () => undefined);
    upstream.write(encodeGreeting({ purpose: 'ring', token: digestToken('test'), generation: 1, rank: 0 }));
    const [downstream] = (await once(server, 'connection')) as [Socket];
    downstream.on('error', () => undefined);
    downstream.write(encodeFrame({ kind: 'accepted', generation: 1 }));
    const ring = await opening;
    const around = new Float32Array(1002).fill(7);
    const call = ring.allReduce(around.subarray(1, 1001)).then(
      () => 'done',
      (error: unknown) => error,
    );
    act(downstream, upstream);
    const outcome = await call;
    // Nothing is written beside the buffer, whatever lengths are announced.
    expect([around[0], around[1001]]).toEqual([7, 7]);
    for (const part of [downstream, upstream]) part.destroy();
    await Promise.all([ring.close(), listener.close(), new Promise((resolve) => server.close(resolve))]);
    return outcome;
  }

  it('breaks the ring with a code by whatever it sends', async () => {
    const sent = fc.oneof(frame.map(encodeFrame), bytesOf(FRAME_BYTES), bytesOf(64));
    await fc.assert(
      fc.asyncProperty(fc.array(sent, { minLength: 1, maxLength: 10 }), fc.boolean(), async (parts, upwards) => {
        const outcome = await between((downstream, upstream) => {
          for (const bytes of parts) (upwards ? upstream : downstream).write(bytes);
        });
        expect(outcome).toMatchObject({ code: expect.stringMatching(/^MLIP_E_(REDUCE|PEER)_/) as string });
      }),
      { numRuns: 100 },
    );
  }, 120_000);
});

it('a greeting that drips is not waited for', async () => {
  const refusals = new Refusals(silent);
  const reception = new Reception(refusals, 200);
  const server = createServer((socket) => reception.receive(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  const drip = setInterval(() => socket.write('x'), 20);
  await new Promise((resolve) => socket.resume().once('close', resolve));
  clearInterval(drip);
  expect(refusals.of('silent')).toBe(1);
  expect(REFUSAL_REASONS).toContain('silent');
});
