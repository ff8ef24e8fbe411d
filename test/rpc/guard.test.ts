/** What a call may bring, by those who are in: so much, so often, in time, and nothing that leads elsewhere. */
import type { Server, ServerDuplexStream } from '@grpc/grpc-js';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type ServerLimits } from '../../src/rpc/call-rules.js';
import { fetchStatus } from '../../src/rpc/launcher.js';
import { MAX_REQUEST_BYTES, MAX_WORKER_MESSAGE_BYTES } from '../../src/rpc/protocol.js';
import { serve } from '../../src/rpc/server.js';
import { type WorkerMessage, type WorkerMessageSeen, methods, serverMethods } from '../../src/rpc/service.js';
import { Refusals } from '../../src/security/refusals.js';
import { silent, testAccess, testToken } from '../support/access.js';
import { RawClient } from '../support/raw-call.js';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Bench {
  client: RawClient;
  refusals: Refusals;
  /** What got through to the handler of control streams. */
  heard: WorkerMessageSeen[];
  /** Calls that the handlers have seen the end of. */
  ended: string[];
}

async function open(changes: Partial<ServerLimits> = {}): Promise<Bench> {
  const refusals = new Refusals(silent);
  const [heard, ended] = [[] as WorkerMessageSeen[], [] as string[]];
  const taking = (name: string) => (call: ServerDuplexStream<unknown, unknown>) => {
    call.on('data', (message: WorkerMessageSeen) => heard.push(message));
    call.on('cancelled', () => ended.push(name));
    call.on('end', () => call.end());
  };
  const addService = (grpc: Server): void => {
    grpc.addService(serverMethods, {
      session: taking('session'),
      gather: taking('gather'),
      watch: () => undefined,
      status: (_call: unknown, reply: (error: null, status: object) => void) => reply(null, { runId: 'r' }),
      stop: (_call: unknown, reply: (error: null, answer: object) => void) => reply(null, {}),
    });
  };
  const limits = { ...DEFAULT_LIMITS, ...changes };
  const options = { host: '127.0.0.1', port: 0, token: () => testToken, tls: null, refusals, limits };
  const server = await serve({ ...options, outputRoot: () => '/runs/first' }, addService);
  const client = new RawClient(`127.0.0.1:${server.port}`);
  closers.push(
    () => server.close(0),
    () => client.close(),
  );
  return { client, refusals, heard, ended };
}

const { session, gather, watch } = methods;
const encode = (message: WorkerMessage): Buffer => session.requestSerialize(message);
const say = (bench: Bench, message: WorkerMessage): Promise<string> =>
  bench.client.talk(session.path, [encode(message)]);

const worker = { protocol: 1, version: '1', host: '10.0.0.5', port: 1, pid: 1, device: 'gpu 0' };
const failure = { code: 'MLIP_E_INTERNAL', message: 'first line\n\tsecond line', where: 'rank 1', remedy: '' };
const report = { whole: { loss: 1, 'loss_local.word': 2 }, share: {}, learningRate: 1, gradNorm: 1 };

describe('what stands in a message', () => {
  it.each<[string, WorkerMessage]>([
    ['a worker that joins', { join: worker }],
    ['an IPv6 address', { join: { ...worker, host: 'fe80::1%eth0' } }],
    ['a short IPv6 address', { join: { ...worker, host: '::1' } }],
    ['a failure with line ends', { failed: { failure } }],
    ['letters of any language', { failed: { failure: { ...failure, message: 'größer, 更大 🩻' } } }],
    ['a report', { commit: { step: 1, generation: 1, report } }],
    ['a path below the output directory', { saved: { step: 1, path: '/runs/first/checkpoints/step-1' } }],
    ['a relative one', { saved: { step: 1, path: 'checkpoints/step-1' } }],
  ])('gets through: %s', async (_name, message) => {
    const bench = await open();
    expect(await say(bench, message)).toBe('ok');
    expect(bench.heard).toHaveLength(1);
  });

  const map = (size: number): Record<string, number> =>
    Object.fromEntries(Array.from({ length: size }, (_, i) => [`part_${i}`, i]));

  it.each<[string, WorkerMessage]>([
    ['a host of 300 characters', { join: { ...worker, host: 'h'.repeat(300) } }],
    ['a host that is a command', { join: { ...worker, host: 'h; reboot' } }],
    ['a host with a path', { join: { ...worker, host: 'h/../x' } }],
    ['a version of 1,000 characters', { join: { ...worker, version: '1'.repeat(1_000) } }],
    ['a device that moves the cursor', { join: { ...worker, device: 'gpu \x1b[2J' } }],
    ['a device of two lines', { join: { ...worker, device: 'gpu\n12:00 info coordinator: all is well' } }],
    ['an endless message', { failed: { failure: { ...failure, message: 'x'.repeat(10_000) } } }],
    ['a message that rings the bell', { failed: { failure: { ...failure, message: '\x07' } } }],
    ['65 parts of a loss', { commit: { step: 0, generation: 1, report: { ...report, losses: map(65) } } }],
    ['a part with a strange name', { commit: { step: 0, generation: 1, report: { ...report, losses: { 'a b': 1 } } } }],
  ])('is refused: %s', async (_name, message) => {
    const bench = await open();
    expect(await say(bench, message)).toBe('MLIP_E_LIMIT');
    expect(bench.heard).toEqual([]);
    expect(bench.refusals.of('field')).toBe(1);
  });

  it('has no part named __proto__, which protobufjs would not even write', async () => {
    const bench = await open();
    const bytes = encode({ commit: { report: { losses: { __porto__: 1 } } } });
    bytes.write('__proto__', bytes.indexOf('__porto__'));
    expect(await bench.client.talk(session.path, [bytes])).toBe('MLIP_E_LIMIT');
  });

  it.each(['/etc/passwd', '../second/checkpoints', 'checkpoints/../../x', '/runs/first/../x', '/runs/first', '.', ''])(
    'never names a path outside of the output directory: "%s"',
    async (path) => {
      const bench = await open();
      expect(await say(bench, { saved: { step: 1, path } })).toBe('MLIP_E_PATH_OUTSIDE');
      expect(bench.heard).toEqual([]);
      expect(bench.refusals.of('path')).toBe(1);
    },
  );

  it('that is no message is refused, whatever the bytes are', async () => {
    const bench = await open();
    const read = Object.values(methods).filter((method) => method !== gather);
    for (const { path } of read) {
      expect(await bench.client.talk(path, [Buffer.from([0xff, 0xff, 0xff])])).toBe('MLIP_E_RPC_PROTOCOL');
    }
    expect(bench.refusals.of('protocol')).toBe(read.length);
    expect(bench.heard).toEqual([]);
  });

  it('halves of characters do not end the coordinator', async () => {
    const bench = await open();
    const half = encode({ join: { ...worker, version: '###' } });
    half.set([0xed, 0xa0, 0x80], half.indexOf('###'));
    expect(await bench.client.talk(session.path, [half])).toBe('MLIP_E_RPC_PROTOCOL');
    expect(await say(bench, { heartbeat: {} })).toBe('ok');
  });
});

describe('how much comes', () => {
  it('of a message is bounded, for control streams more than for pieces of tensors', async () => {
    const bench = await open();
    const code = await bench.client.talk(session.path, [Buffer.alloc(MAX_WORKER_MESSAGE_BYTES + 1)]);
    expect(code).toBe('MLIP_E_RPC_TOO_LARGE');
    expect(await bench.client.talk(gather.path, [Buffer.alloc(MAX_REQUEST_BYTES)])).toBe('ok');
    expect(await bench.client.talk(gather.path, [Buffer.alloc(MAX_REQUEST_BYTES + 1)])).toBe('MLIP_E_RPC_TOO_LARGE');
    expect(bench.refusals.of('size')).toBe(2);
  });

  it('of compressed messages is nothing', async () => {
    const bench = await open();
    const packing = new RawClient(bench.client.address, testToken.reveal(), {
      'grpc.default_compression_algorithm': 2,
    });
    closers.push(() => packing.close());
    expect(await packing.talk(session.path, [encode({ heartbeat: {} })])).toBe('MLIP_E_RPC_PROTOCOL');
    expect(bench.heard).toEqual([]);
  });

  it('of calls at a time is bounded, and those that end make room', async () => {
    const bench = await open({ gather: { ...DEFAULT_LIMITS.gather, most: 2 } });
    const calls = [bench.client.open(gather.path), bench.client.open(gather.path)];
    calls.forEach((call) => call.write(Buffer.alloc(1)));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await bench.client.talk(gather.path, [])).toBe('MLIP_E_LIMIT');
    expect(bench.refusals.of('calls')).toBe(1);
    calls[0].end();
    expect(await bench.client.endOf(calls[0])).toBe('ok');
    expect(await bench.client.talk(gather.path, [])).toBe('ok');
    calls[1].cancel();
    await bench.client.endOf(calls[1]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await bench.client.talk(gather.path, [])).toBe('ok');
  });

  it('of watchers is bounded', async () => {
    const bench = await open({ watch: { ...DEFAULT_LIMITS.watch, most: 1 } });
    bench.client.open(watch.path).end(Buffer.alloc(0));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await bench.client.talk(watch.path, [Buffer.alloc(0)])).toBe('MLIP_E_LIMIT');
  });

  it('of messages a second is bounded, and a flood costs the connection', async () => {
    const bench = await open({ session: { ...DEFAULT_LIMITS.session, messagesPerSecond: 10, burst: 20 } });
    const stream = bench.client.open(session.path);
    const end = bench.client.endOf(stream);
    for (let i = 0; i < 100; i++) stream.write(encode({ heartbeat: {} }));
    expect(await end).toBe('MLIP_E_LIMIT');
    expect(bench.heard.length).toBeGreaterThanOrEqual(20);
    expect(bench.heard.length).toBeLessThan(30);
    expect(bench.refusals.of('rate')).toBe(1);
    expect(bench.ended).toEqual(['session']);
  });

  it('within the rate gets through for as long as it likes', async () => {
    const bench = await open({ session: { ...DEFAULT_LIMITS.session, messagesPerSecond: 200, burst: 5 } });
    const stream = bench.client.open(session.path);
    for (let i = 0; i < 20; i++) {
      stream.write(encode({ heartbeat: {} }));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    stream.end();
    expect(await bench.client.endOf(stream)).toBe('ok');
    expect(bench.heard).toHaveLength(20);
  });
});

describe('what comes too slowly', () => {
  const hasty = { firstMessageMs: 150, uploadMs: 400, wholeMs: 600 };

  it('is a call without a first message', async () => {
    const bench = await open({ session: { ...DEFAULT_LIMITS.session, firstMessageMs: 150 } });
    expect(await bench.client.endOf(bench.client.open(session.path))).toBe('MLIP_E_LIMIT');
    expect(bench.refusals.of('slow')).toBe(1);
    expect(bench.ended).toEqual(['session']);
  });

  it('is not a control stream that has begun', async () => {
    const bench = await open({ session: { ...DEFAULT_LIMITS.session, firstMessageMs: 150 } });
    const stream = bench.client.open(session.path);
    stream.write(encode({ heartbeat: {} }));
    await new Promise((resolve) => setTimeout(resolve, 400));
    stream.end();
    expect(await bench.client.endOf(stream)).toBe('ok');
  });

  it('is a gather that drips, which is ended though its bytes keep coming', async () => {
    const bench = await open({ gather: { ...DEFAULT_LIMITS.gather, ...hasty } });
    const stream = bench.client.open(gather.path);
    const drip = setInterval(() => stream.write(Buffer.alloc(1)), 20);
    expect(await bench.client.endOf(stream)).toBe('MLIP_E_LIMIT');
    clearInterval(drip);
    expect(bench.refusals.of('slow')).toBe(1);
    expect(bench.ended).toEqual(['gather']);
  });
});

it('any bytes on any method end in an answer, and the next caller is served', async () => {
  const bench = await open();
  const paths = fc.constantFrom(...Object.values(methods).map(({ path }) => path));
  const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
  await fc.assert(
    fc.asyncProperty(paths, fc.array(bytes, { maxLength: 3 }), async (path, messages) => {
      if (path === watch.path) return;
      await bench.client.talk(path, messages);
    }),
    { numRuns: 300 },
  );
  expect(await fetchStatus(bench.client.address, { access: testAccess })).toMatchObject({ runId: 'r' });
});
