/** The ring over TLS: the same sums, the same ends, and nobody in who shows no certificate that is valid now. */
import { once } from 'node:events';
import { type Socket, connect as connectPlain } from 'node:net';
import { type ConnectionOptions, type TLSSocket, connect } from 'node:tls';
import { readFileSync, renameSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../src/collectives/listener.js';
import { openRing } from '../../src/collectives/open-ring.js';
import type { Ring } from '../../src/collectives/ring.js';
import { Spill } from '../../src/collectives/spill.js';
import { Refusals } from '../../src/security/refusals.js';
import { silent } from '../support/access.js';
import { EXPIRED, type Pair, type TestAuthority, testAuthority } from '../support/certificates.js';
import { openRings, optionsOf, peerOf, roughNumbers, sameBits } from './rings.js';

let own: TestAuthority;
let foreign: TestAuthority;
let worker: Pair;

beforeAll(async () => {
  [own, foreign] = await Promise.all([testAuthority(), testAuthority()]);
  worker = await own.pair('worker');
});

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function refusingListener(pair = worker, refusals = new Refusals(silent)) {
  const listener = await listen({ host: '127.0.0.1', tls: pair.files(), refusals });
  cleanups.push(() => listener.close());
  return { listener, refusals };
}

/** Whatever a client of ours would not do. Resolves when the connection is closed. */
async function knock(port: number, options: ConnectionOptions): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', checkServerIdentity: () => undefined, ...options });
  await gone(socket);
}

async function gone(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  socket.resume();
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

function shown({ caFile, certFile, keyFile }: Pair): ConnectionOptions {
  return { ca: readFileSync(caFile), cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

describe.each([2, 3])('a ring of %i ranks over TLS', (world) => {
  it('sums and broadcasts as without, also where operations wait for each other', async () => {
    const { rings, close } = await openRings(world, { tls: worker.files() });
    const plain = await openRings(world);
    const lengths = [1, 3, 70_000, 500_000, 17];
    const run = async (of: Ring[]): Promise<Float32Array[][]> => {
      const buffers = of.map((_, rank) => lengths.map((length) => roughNumbers(length, rank + length)));
      await Promise.all(
        of.map(async (ring, rank) => {
          for (const buffer of buffers[rank]) {
            // One rank is late each time, so that what it is sent arrives while it wants nothing.
            if (rank === 1) await new Promise((go) => setTimeout(go, 10));
            await ring.allReduce(buffer);
            await ring.broadcast(buffer, world - 1);
          }
        }),
      );
      return buffers;
    };
    const [secured, expected] = [await run(rings), await run(plain.rings)];
    secured.forEach((buffers, rank) => {
      buffers.forEach((buffer, index) => expect(sameBits(buffer, expected[rank][index])).toBe(true));
    });
    await Promise.all([close(), plain.close()]);
  });

  it('tells all ranks of the one that leaves in the middle', async () => {
    const { rings, close } = await openRings(world, { tls: worker.files(), timeoutMs: 60_000 });
    const calls = rings.map((ring) => ring.allReduce(new Float32Array(2_000_000)));
    await rings[0].close();
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'MLIP_E_PEER_LOST', where: 'rank 0' });
    await close();
  });
});

describe('the ring’s port', () => {
  it('is closed to certificates that are expired, foreign or missing, and to those who speak no TLS', async () => {
    const { listener, refusals } = await refusingListener();
    const expired = await own.pair('worker', EXPIRED);
    await knock(listener.port, shown(expired));
    const stranger = await foreign.pair('worker');
    await knock(listener.port, { ...shown(stranger), ca: readFileSync(worker.caFile) });
    await knock(listener.port, { ca: readFileSync(worker.caFile) });
    expect(refusals.of('certificate')).toBe(3);
    const plain = connectPlain(listener.port, '127.0.0.1');
    plain.write(Buffer.alloc(64, 1));
    await gone(plain);
    expect(refusals.of('handshake')).toBe(1);
  });

  it('is not greeted where what listens there has a certificate of a foreign authority', async () => {
    const impostor = await foreign.pair('worker');
    const [theirs, ours] = [await refusingListener(impostor), await refusingListener()];
    const peers = [peerOf(theirs.listener, 0), peerOf(ours.listener, 1)];
    const opening = openRing({ ...optionsOf(1, peers, ours.listener), tls: worker.files() });
    await expect(opening).rejects.toMatchObject({
      code: 'MLIP_E_TLS_AUTHORITY',
      where: expect.stringContaining('rank 0') as string,
    });
    expect(theirs.refusals.of('token')).toBe(0);
  });

  it('takes a renewed certificate for new connections, while open ones go on', async () => {
    const pair = await own.pair('worker');
    const { listener } = await refusingListener(pair);
    const serial = async (): Promise<string> => {
      const socket: TLSSocket = connect({ port: listener.port, host: '127.0.0.1', ...shown(worker) });
      await once(socket, 'secureConnect');
      cleanups.push(() => socket.destroy());
      return socket.getPeerCertificate().serialNumber;
    };
    const { rings, close } = await openRings(2, { tls: pair.files() });
    const before = await serial();
    expect(await serial()).toBe(before);
    await own.renew(pair, 'worker');
    expect(await serial()).not.toBe(before);
    const buffers = rings.map(() => new Float32Array(1000).fill(1));
    await Promise.all(rings.map((ring, rank) => ring.allReduce(buffers[rank])));
    expect(buffers[0][999]).toBe(2);
    await close();
  });

  it('keeps its certificate while the files are no pair', async () => {
    const pair = await own.pair('worker');
    const { listener } = await refusingListener(pair);
    const other = await own.pair('worker');
    renameSync(other.certFile, pair.certFile);
    const socket = connect({ port: listener.port, host: '127.0.0.1', ...shown(worker) });
    await once(socket, 'secureConnect');
    socket.destroy();
  });
});

/** Bytes that are all in their place only if none is missing, twice there or moved. */
function series(start: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (start + i) % 251);
}

it('what spills is handed over in order, however reads and wishes alternate', () => {
  const reads = fc.array(fc.record({ bytes: fc.nat(16_384), wanted: fc.nat(40_000), early: fc.boolean() }));
  fc.assert(
    fc.property(reads, (steps) => {
      const spill = new Spill();
      let [written, taken] = [0, 0];
      const take = (count: number): void => {
        const target = new Uint8Array(count);
        const moved = spill.moveTo(target);
        expect(Buffer.compare(target.subarray(0, moved), series(taken, moved))).toBe(0);
        taken += moved;
      };
      for (const { bytes, wanted, early } of steps) {
        const room = spill.open();
        // What is there may be taken before the read that is due has come.
        if (early) take(wanted);
        room.set(series(written, bytes));
        written += bytes;
        spill.close(bytes);
        take(wanted);
        expect(spill.length).toBe(written - taken);
      }
    }),
  );
});
