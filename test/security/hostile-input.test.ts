/** A run goes on beside everything that strangers, broken workers and old ones send to its coordinator. */
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { MAX_REQUEST_BYTES } from '../../src/rpc/protocol.js';
import { type GatherMessage, methods } from '../../src/rpc/service.js';
import type { SessionClaim } from '../../src/rpc/tensor-stream.js';
import { RawClient } from '../support/raw-call.js';
import { connectionBytes, gatherCall, sessionCall } from './hostile.js';
import { usedMb } from './heap.js';
import { type LiveRun, liveRun } from './live-run.js';

const { session, gather, status, stop } = methods;
/** Of fast-check: calls and connections; each sends one to six messages or frames. */
const CALLS = 2_000;
const CONNECTIONS = 600;
const GROWTH_MB = 12;

const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

function clientOf(run: LiveRun, token?: string): RawClient {
  const client = new RawClient(run.address, token);
  closers.push(() => client.close());
  return client;
}

/** Sends what is drawn, a few at a time. Returns how many messages that were. */
async function sendAll<T>(drawn: fc.Arbitrary<T>, count: number, send: (value: T) => Promise<number>): Promise<number> {
  const values = fc.sample(drawn, count);
  let sent = 0;
  const work = async (): Promise<void> => {
    for (let value = values.pop(); value !== undefined; value = values.pop()) {
      const more = await send(value);
      sent += more;
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  return sent;
}

function throwAt(run: LiveRun, bytes: Buffer): Promise<number> {
  const [host, port] = run.address.split(':');
  return new Promise((resolve) => {
    const socket = connect(Number(port), host);
    // A reset is an answer too.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(1));
    socket.resume();
    socket.write(bytes);
    setTimeout(() => socket.destroy(), 20);
  });
}

it('ten thousand frames and messages of anything', async () => {
  const run = await liveRun();
  const client = clientOf(run);
  const flood = async (share: number): Promise<number> => {
    const calling = (path: string) => async (messages: Buffer[]) => {
      expect(await client.talk(path, messages)).toMatch(/^MLIP_E_|^ok$/);
      return messages.length;
    };
    const calls = Math.round(CALLS * share);
    return (
      (await sendAll(sessionCall, calls, calling(session.path))) +
      (await sendAll(gatherCall, calls, calling(gather.path))) +
      (await sendAll(connectionBytes, Math.round(CONNECTIONS * share), (bytes) => throwAt(run, bytes)))
    );
  };
  let sent = await flood(0.2);
  const before = await usedMb();
  sent += await flood(1);
  expect(sent).toBeGreaterThan(10_000);
  expect((await usedMb()) - before).toBeLessThan(GROWTH_MB);
  const refused = await run.refused();
  for (const reason of ['protocol', 'field', 'tensor', 'path', 'silent']) expect(refused[reason]).toBeGreaterThan(0);
  await run.moreSteps(5);
  await run.finish();
}, 120_000);

describe('beside a run', () => {
  const header = (changes: object, session?: SessionClaim): Buffer => {
    const tensors = [{ name: 'vision', rows: 4, rowBytes: 16 }];
    const message: GatherMessage = { header: { rank: 0, generation: 1, step: 0, tensors, ...session, ...changes } };
    return gather.requestSerialize(message);
  };

  it('a wrong token is refused as often as it is tried', async () => {
    const run = await liveRun();
    for (let i = 0; i < 50; i++) {
      const client = clientOf(run, `the-token-of-another-${i}`);
      for (const { path } of [session, gather, status, stop]) {
        // A connection with a wrong token is cut, which may overtake the reason.
        expect(await client.talk(path, [Buffer.alloc(0)])).toMatch(/MLIP_E_TOKEN_WRONG|MLIP_E_COORDINATOR_LOST/);
      }
    }
    expect((await run.refused())['token']).toBeGreaterThanOrEqual(50);
    await run.moreSteps(3);
    await run.finish();
  });

  it('what an older generation, or an older step, sends again is refused', async () => {
    const run = await liveRun();
    await run.moreSteps(3);
    const client = clientOf(run);
    const piece = gather.requestSerialize({ chunk: { tensor: 0, data: new Uint8Array(64) } });
    for (const changes of [{ generation: 0 }, { generation: 0, step: 5 }, { step: 0 }, { step: 1, rank: 1 }]) {
      const { rank = 0 }: { rank?: number } = changes;
      expect(await client.talk(gather.path, [header(changes, run.session(rank)), piece])).toBe('MLIP_E_RUN_STALE');
    }
    expect((await run.refused())['stale']).toBe(4);
    await run.moreSteps(3);
    await run.finish();
  });

  it('messages above their bound are refused, however many come', async () => {
    const run = await liveRun();
    const client = clientOf(run);
    const before = await usedMb();
    for (let i = 0; i < 20; i++) {
      expect(await client.talk(session.path, [Buffer.alloc(MAX_REQUEST_BYTES + 1)])).toBe('MLIP_E_RPC_TOO_LARGE');
      const large = { tensors: [{ name: 'vision', rows: 0xffffffff, rowBytes: 65_536 }] };
      expect(await client.talk(gather.path, [header({ ...large, step: run.steps() }, run.session(0))])).toMatch(
        /TENSOR|STALE|PROTOCOL/,
      );
    }
    expect((await run.refused())['size']).toBe(20);
    expect((await usedMb()) - before).toBeLessThan(GROWTH_MB);
    await run.moreSteps(3);
    await run.finish();
  });

  it('connections that say nothing, or are cut in the middle of a message, cost nothing that lasts', async () => {
    const run = await liveRun();
    const before = await usedMb();
    const [host, port] = run.address.split(':');
    const mute = Array.from({ length: 300 }, () => connect(Number(port), host).on('error', () => undefined));
    const client = clientOf(run);
    const half = Array.from({ length: 100 }, () => {
      const stream = client.open(gather.path);
      stream.write(header({ step: 0xffffff }).subarray(0, 5));
      return stream;
    });
    await run.moreSteps(3);
    half.forEach((stream) => stream.cancel());
    mute.forEach((socket) => socket.destroy());
    await run.moreSteps(3);
    expect((await usedMb()) - before).toBeLessThan(GROWTH_MB);
    await run.finish();
  });
});
