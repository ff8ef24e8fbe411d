/** What the coordinator refuses on the wire: oversize and malformed messages, gathers that do not fit. */
import { Client, type ClientDuplexStream, Metadata, type ServiceError, credentials } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { fromStatus } from '../../src/rpc/failure.js';
import { CHUNK_BYTES, MAX_MESSAGE_BYTES, PROTOCOL, TOKEN_KEY, mlipVersion } from '../../src/rpc/protocol.js';
import { type GatherMessage, type WorkerMessage, methods } from '../../src/rpc/service.js';
import type { SessionClaim } from '../../src/rpc/tensor-stream.js';
import { testToken } from '../support/access.js';
import { type TestRun, metricsOf, startRun, startWorker, testConfig, until } from './harness.js';

/** A client without any of our own checks. */
function rawStream(address: string, path: string): { stream: ClientDuplexStream<Buffer, Buffer>; client: Client } {
  const client = new Client(address, credentials.createInsecure(), { 'grpc.max_send_message_length': -1 });
  const same = (bytes: Buffer): Buffer => bytes;
  const metadata = new Metadata();
  metadata.set(TOKEN_KEY, testToken.reveal());
  return { stream: client.makeBidiStreamRequest(path, same, same, metadata, {}), client };
}

/** Writes, half-closes, and resolves to the code of the error with which the call ends, `ok` without. */
async function talk(address: string, path: string, messages: readonly Buffer[]): Promise<string> {
  const { stream, client } = rawStream(address, path);
  const code = await new Promise<string>((resolve) => {
    stream.on('error', (error: ServiceError) => resolve(fromStatus(error, address).code));
    stream.on('data', () => undefined);
    stream.on('end', () => setImmediate(() => resolve('ok')));
    for (const message of messages) stream.write(message);
    stream.end();
  });
  client.close();
  return code;
}

const encodeWorker = (message: WorkerMessage): Buffer => methods.session.requestSerialize(message);
const encodeGather = (message: GatherMessage): Buffer => methods.gather.requestSerialize(message);

type Header = (changes?: object, tensor?: object) => Buffer;

function headerOf(session: SessionClaim): Header {
  return (changes = {}, tensor = {}) => {
    const tensors = [{ name: 'vision', rows: 6, rowBytes: 8, ...tensor }];
    return encodeGather({ header: { rank: 0, generation: 1, step: 0, tensors, ...session, ...changes } });
  };
}

function piece(bytes: number, tensor = 0): Buffer {
  return encodeGather({ chunk: { tensor, data: new Uint8Array(bytes) } });
}

/** A run of one worker, which takes its time for the first step; that one needs no gather itself. */
async function startSlow(): Promise<{ run: TestRun; header: Header }> {
  const run = await startRun({ workers: 1, config: testConfig({ steps: 2 }) });
  const { events, worker } = startWorker(run.address, { stepMs: 4_000 });
  await until(() => events.some((event) => 'generation' in event));
  return { run, header: headerOf(worker.session) };
}

/** The run goes on as if nothing had happened. */
async function finish(run: TestRun): Promise<void> {
  expect(await run.outcome).toMatchObject({ kind: 'finished', step: 2 });
  expect(metricsOf(run.out).map(({ step }) => step)).toEqual([1, 2]);
}

describe('a gather', () => {
  it('that does not fit is refused, and does not disturb the run', async () => {
    const { run, header } = await startSlow();
    const cases: [string, Buffer[]][] = [
      ['MLIP_E_RUN_STALE', [header({ generation: 0 }), piece(48)]],
      ['MLIP_E_RUN_STALE', [header({ step: 1 }), piece(48)]],
      ['MLIP_E_RPC_PROTOCOL', [header({ rank: 1 }), piece(48)]],
      ['MLIP_E_RPC_TENSOR', [header({}, { rows: 4 }), piece(32)]],
      ['MLIP_E_RPC_TENSOR', [header({}, { rows: 0xffffffff }), piece(48)]],
      ['MLIP_E_RPC_TENSOR', [header({}, { rowBytes: 1 << 20 }), piece(48)]],
      ['MLIP_E_RPC_TENSOR', [header({ tensors: [] })]],
      ['MLIP_E_RPC_TENSOR', []],
      ['MLIP_E_RPC_TENSOR', [piece(48)]],
      ['MLIP_E_RPC_TENSOR', [header(), piece(40)]],
      ['MLIP_E_RPC_TENSOR', [header(), piece(48), piece(1)]],
      ['MLIP_E_RPC_TENSOR', [header(), piece(48, 1)]],
      ['MLIP_E_RPC_TENSOR', [header(), header()]],
      ['MLIP_E_RPC_PROTOCOL', [Buffer.from([0xff, 0xff, 0xff])]],
      ['MLIP_E_RPC_TOO_LARGE', [header(), Buffer.alloc(MAX_MESSAGE_BYTES + 1)]],
    ];
    for (const [code, messages] of cases) expect(await talk(run.address, methods.gather.path, messages)).toBe(code);
    await finish(run);
  });

  it('of a rank that is contributing already is refused', async () => {
    const { run, header } = await startSlow();
    const { stream: first, client } = rawStream(run.address, methods.gather.path);
    first.on('error', () => undefined);
    first.write(header());
    first.write(piece(40));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await talk(run.address, methods.gather.path, [header(), piece(48)])).toBe('MLIP_E_RPC_PROTOCOL');
    first.cancel();
    client.close();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await finish(run);
  });
});

describe('a control stream', () => {
  const join = encodeWorker({
    join: { protocol: PROTOCOL, version: mlipVersion, host: 'h', port: 1, pid: 1, device: 'cpu' },
  });

  it('that does not begin with Join, or is no message at all, is refused', async () => {
    const run = await startRun({ workers: 1 });
    const { path } = methods.session;
    expect(await talk(run.address, path, [encodeWorker({ heartbeat: {} })])).toBe('MLIP_E_RPC_PROTOCOL');
    expect(await talk(run.address, path, [Buffer.from([0xff, 0xff, 0xff])])).toBe('MLIP_E_RPC_PROTOCOL');
    expect(await talk(run.address, path, [Buffer.alloc(MAX_MESSAGE_BYTES + 1)])).toBe('MLIP_E_RPC_TOO_LARGE');
    run.stop();
    expect(await run.outcome).toMatchObject({ kind: 'stopped' });
  });

  it('that sends an oversize message loses its worker', async () => {
    const run = await startRun({ workers: 1, config: testConfig({ steps: 10 }) });
    const large = Buffer.alloc(MAX_MESSAGE_BYTES + CHUNK_BYTES);
    expect(await talk(run.address, methods.session.path, [join, large])).toBe('MLIP_E_RPC_TOO_LARGE');
    startWorker(run.address);
    expect(await run.outcome).toMatchObject({ kind: 'finished' });
    expect(metricsOf(run.out)[0]).toMatchObject({ world: 1 });
  });
});
