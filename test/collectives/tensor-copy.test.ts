/** Tensors that ranks copy from each other, over the port on which rings are opened too. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchTensors, type FetchOptions } from '../../src/collectives/fetch-tensors.js';
import { DIGEST_BYTES, encodeFrame, FRAME_BYTES, GREETING_BYTES } from '../../src/collectives/frame.js';
import { listen, type PeerListener } from '../../src/collectives/listener.js';
import { openRing } from '../../src/collectives/open-ring.js';
import { offerTensors, type OfferedTensor } from '../../src/collectives/send-tensors.js';
import { listingOf, PIECE_ELEMENTS } from '../../src/collectives/tensor-copy.js';
import type { HostTensors } from '../../src/core/host-tensor.js';
import { openProxy, type Change } from './proxy.js';
import { optionsOf, peerOf, roughNumbers, sameBits } from './rings.js';
import { quietRefusals } from '../support/access.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const LAYOUT = [
  // Larger than what may be on its way at a time.
  { name: 'text.words', shape: [3000, 1000] },
  { name: 'scale', shape: [] },
  { name: 'vision.norm', shape: [7] },
  { name: 'queue.text', shape: [64, 16] },
];
const STEP = 12;

const numbers = LAYOUT.map(({ shape }, index) =>
  roughNumbers(
    shape.reduce((count, size) => count * size, 1),
    index,
  ),
);
const tensors: OfferedTensor[] = LAYOUT.map((like, index) => ({ ...like, read: () => numbers[index].slice() }));

function expectWhole(copied: HostTensors): void {
  expect(Array.from(copied, ([name, { shape }]) => ({ name, shape }))).toEqual(LAYOUT);
  const same = [...copied.values()].map(({ data }, index) => sameBits(data, numbers[index]));
  expect(same).toEqual(LAYOUT.map(() => true));
}

async function opened(): Promise<PeerListener> {
  const listener = await listen({ host: '127.0.0.1', tls: null, refusals: quietRefusals() });
  cleanups.push(() => listener.close());
  return listener;
}

interface End {
  bytes: number;
  error: Error | undefined;
}

interface OfferChanges {
  generation?: number;
  tensors?: OfferedTensor[];
  step?: number;
}

/** Ends are told of the copies, in order. */
function offer(listener: PeerListener, changes: OfferChanges = {}) {
  const ends: End[] = [];
  let tell: () => void = () => undefined;
  const { generation = 3, step = STEP } = changes;
  const onEnd = (_rank: number, bytes: number, error: Error | undefined): void => {
    ends.push({ bytes, error });
    tell();
  };
  const offered = { step, tensors: changes.tensors ?? tensors };
  const withdraw = offerTensors({ listener, token: 'run', generation, offered, onEnd });
  cleanups.push(withdraw);
  const ended = async (count: number): Promise<End[]> => {
    while (ends.length < count) await new Promise<void>((resolve) => (tell = resolve));
    return ends;
  };
  return { withdraw, ended };
}

function copy(port: number, changes: Partial<FetchOptions> = {}): Promise<HostTensors> {
  const peer = { rank: 0, host: '127.0.0.1', port };
  const call = { peer, token: 'run', tls: null, generation: 3, rank: 1, step: STEP, layout: LAYOUT, timeoutMs: 10_000 };
  return fetchTensors({ ...call, signal: new AbortController().signal, ...changes });
}

async function through(port: number, change: Change): Promise<number> {
  const proxy = await openProxy(port, change);
  cleanups.push(() => proxy.close());
  return proxy.port;
}

describe('a copy', () => {
  it('has the bits of the source, for several ranks at once, and its bytes are counted', async () => {
    const listener = await opened();
    const { ended } = offer(listener);
    const copies = await Promise.all([1, 2, 3, 4].map((rank) => copy(listener.port, { rank })));
    for (const found of copies) expectWhole(found);
    const total = numbers.reduce((sum, { byteLength }) => sum + byteLength, 0);
    for (const { bytes, error } of await ended(4)) {
      expect(error).toBeUndefined();
      expect(bytes).toBeGreaterThan(total);
    }
  });

  it('that is asked for early waits until the source has something to offer', async () => {
    const listener = await opened();
    const early = copy(listener.port);
    offer(listener, { generation: 2 });
    await new Promise((go) => setTimeout(go, 50));
    offer(listener);
    expectWhole(await early);
  });

  it('goes on beside a ring on the same port', async () => {
    const listeners = [await opened(), await opened()];
    const peers = listeners.map(peerOf);
    offer(listeners[0]);
    const changes = { generation: 3, token: 'run' };
    const opening = listeners.map((listener, rank) => openRing({ ...optionsOf(rank, peers, listener), ...changes }));
    const copying = copy(listeners[0].port);
    const rings = await Promise.all(opening);
    cleanups.push(() => Promise.all(rings.map((ring) => ring.close())));
    const buffers = rings.map(() => new Float32Array(100_000).fill(1));
    await Promise.all(rings.map((ring, rank) => ring.allReduce(buffers[rank])));
    expect(buffers[1].every((value) => value === 2)).toBe(true);
    expectWhole(await copying);
  });
});

describe('a copy is refused', () => {
  it('to other runs and to past generations', async () => {
    const listener = await opened();
    offer(listener);
    await expect(copy(listener.port, { token: 'other' })).rejects.toThrow('it belongs to another run');
    const old = copy(listener.port, { generation: 2 });
    await expect(old).rejects.toMatchObject({ code: 'MLIP_E_PEER_REFUSED', rank: 0 });
    await expect(old).rejects.toThrow('generation 2, which is over');
  });

  it('by the receiver where the source holds another step or other tensors', async () => {
    const listener = await opened();
    offer(listener);
    const wrongStep = copy(listener.port, { step: STEP + 1 });
    await expect(wrongStep).rejects.toMatchObject({ code: 'MLIP_E_REDUCE_MISMATCH', rank: 0 });
    await expect(wrongStep).rejects.toThrow('after step 12, which is not the state after step 13');
    const layout = LAYOUT.with(2, { name: 'vision.norn', shape: [7] });
    await expect(copy(listener.port, { layout })).rejects.toThrow('"vision.norm 7" in place of "vision.norn 7"');
    await expect(copy(listener.port, { layout: LAYOUT.slice(1) })).rejects.toThrow('a listing of');
  });
});

describe('a copy that goes wrong', () => {
  it('in one bit is noticed, and the tensor named', async () => {
    const listener = await opened();
    offer(listener);
    const flipped = await through(listener.port, (bytes, sent) => {
      const at = 500_000 - sent;
      if (at >= 0 && at < bytes.length) bytes[at] ^= 4;
      return bytes;
    });
    await expect(copy(flipped)).rejects.toMatchObject({
      code: 'MLIP_E_STATE_HASH',
      message: expect.stringContaining('"text.words"') as string,
    });
  });

  it('since the connection breaks says whose, at both ends', async () => {
    const listener = await opened();
    const { ended } = offer(listener);
    const cut = await through(listener.port, (bytes, sent, client) => {
      if (sent > 200_000) client.destroy();
      return bytes;
    });
    await expect(copy(cut)).rejects.toMatchObject({ code: 'MLIP_E_PEER_LOST', rank: 0 });
    expect((await ended(1))[0].error).toBeDefined();
  });

  it('since a tensor is gone ends at both ends, and the next one is served', async () => {
    const listener = await opened();
    const gone = { ...tensors[2], read: () => { throw new Error('disposed'); } }; // prettier-ignore
    const { ended } = offer(listener, { tensors: tensors.with(2, gone) });
    await expect(copy(listener.port)).rejects.toMatchObject({ code: 'MLIP_E_PEER_LOST' });
    expect((await ended(1))[0].error?.message).toBe('disposed');
    offer(listener);
    expectWhole(await copy(listener.port));
  });

  it('since the offer is withdrawn ends at once', async () => {
    const listener = await opened();
    const { withdraw } = offer(listener);
    const watched = await through(listener.port, (bytes, sent) => {
      if (sent > 100_000) withdraw();
      return bytes;
    });
    await expect(copy(watched)).rejects.toMatchObject({ code: 'MLIP_E_PEER_LOST' });
  });

  it('since nobody answers ends at the deadline, or when the generation does', async () => {
    const listener = await opened();
    await expect(copy(listener.port, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'MLIP_E_REDUCE_TIMEOUT' });
    offer(listener);
    const stuck = await through(listener.port, (bytes, sent) => (sent > 100_000 ? undefined : bytes));
    await expect(copy(stuck, { timeoutMs: 300 })).rejects.toThrow('did not send its state within 300 ms');
    const over = new AbortController();
    const copying = copy(stuck, { signal: over.signal });
    setTimeout(() => over.abort(), 50);
    await expect(copying).rejects.toMatchObject({ code: 'MLIP_E_REDUCE_TIMEOUT' });
  });

  it('since the generation ends in the moment in which the source accepts', async () => {
    const listener = await opened();
    offer(listener);
    const over = new AbortController();
    const call = { peer: peerOf(listener, 0), token: 'run', tls: null, generation: 3, rank: 1, step: STEP };
    const copying = fetchTensors({
      ...{ ...call, timeoutMs: 10_000, signal: over.signal },
      // Asked for once the connection is there.
      get layout() {
        over.abort();
        return LAYOUT;
      },
    });
    await expect(copying).rejects.toMatchObject({ code: 'MLIP_E_REDUCE_TIMEOUT' });
  });

  it.each([
    ['a frame of another kind', encodeFrame({ kind: 'abort', code: 'MLIP_E_PEER_LOST', rank: 0 })],
    ['a listing without end', encodeFrame({ kind: 'listing', step: STEP, bytes: 0xffffffff })],
    ['bytes that are no frame', Buffer.alloc(FRAME_BYTES, 9)],
  ])('with %s takes no memory for it', async (_, frame) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      let greeted = 0;
      socket.on('data', (bytes) => {
        greeted += bytes.length;
        if (greeted < GREETING_BYTES) return;
        socket.write(Buffer.concat([encodeFrame({ kind: 'accepted', generation: 3 }), frame, Buffer.alloc(1 << 16)]));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanups.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    await expect(copy(port)).rejects.toMatchObject({ code: 'MLIP_E_REDUCE_MISMATCH' });
  });

  it('never lets what comes after its end do harm', async () => {
    const listener = await opened();
    offer(listener);
    const listing = listingOf(LAYOUT).length;
    const bytes = numbers.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const pieces = numbers.reduce((sum, { length }) => sum + Math.ceil(length / PIECE_ELEMENTS), 0);
    const end = FRAME_BYTES * (2 + pieces + LAYOUT.length) + listing + bytes + DIGEST_BYTES * LAYOUT.length;
    const more = await through(listener.port, (found, sent) => {
      return sent + found.length === end ? Buffer.concat([found, Buffer.alloc(1 << 16, 5)]) : found;
    });
    expectWhole(await copy(more));
  });
});
