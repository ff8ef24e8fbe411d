/** Who gets into a coordinator's port: those with the run's token, and with TLS those with a certificate that is valid now. */
import { writeFileSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { createSecureContext, type PeerCertificate } from 'node:tls';
import { Client, Metadata, type ServiceError, credentials } from '@grpc/grpc-js';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ServerLimits } from '../../src/rpc/call-rules.js';
import { DEFAULT_LIMITS } from '../../src/rpc/call-rules.js';
import { fromStatus } from '../../src/rpc/failure.js';
import { fetchStatus, watchRun } from '../../src/rpc/launcher.js';
import { TOKEN_KEY } from '../../src/rpc/protocol.js';
import { type ServeOptions, serve } from '../../src/rpc/server.js';
import { methods, serverMethods } from '../../src/rpc/service.js';
import { identityCheck } from '../../src/security/identity.js';
import { Refusals } from '../../src/security/refusals.js';
import { RunToken } from '../../src/security/run-token.js';
import { TlsFiles } from '../../src/security/tls-files.js';
import { silent, testAccess, testToken } from '../support/access.js';
import {
  EXPIRED,
  type Pair,
  type TestAuthority,
  careless as unchecked,
  testAuthority,
} from '../support/certificates.js';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Door {
  address: string;
  port: number;
  refusals: Refusals;
}

/** A coordinator without a run: it knows its status, and watchers wait. */
async function open(changes: Partial<ServeOptions> = {}): Promise<Door> {
  const refusals = new Refusals(silent);
  const options = { host: '127.0.0.1', port: 0, token: () => testToken, tls: null, refusals, ...changes };
  const server = await serve(options, (grpc) => {
    grpc.addService(serverMethods, {
      session: () => undefined,
      gather: () => undefined,
      watch: () => undefined,
      status: (_call: unknown, reply: (error: null, status: object) => void) => reply(null, { runId: 'r' }),
      stop: (_call: unknown, reply: (error: null, answer: object) => void) => reply(null, {}),
    });
  });
  closers.push(() => server.close(0));
  return { address: `127.0.0.1:${server.port}`, port: server.port, refusals };
}

/** The code with which a call of any kind ends that shows `token`. */
async function codeOf(address: string, path: string, token: string | undefined): Promise<string> {
  const client = new Client(address, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
  closers.push(() => client.close());
  const metadata = new Metadata();
  if (token !== undefined) metadata.set(TOKEN_KEY, token);
  const same = (bytes: Buffer): Buffer => bytes;
  const stream = client.makeBidiStreamRequest(path, same, same, metadata, {});
  stream.on('data', () => undefined);
  return new Promise((resolve) => {
    stream.on('error', (error: ServiceError) => resolve(fromStatus(error, address).code));
    stream.on('end', () => setImmediate(() => resolve('ok')));
  });
}

function untilClosed(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  socket.resume();
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

describe('the run token', () => {
  it.each(Object.entries(methods))('is asked for by %s', async (_name, { path }) => {
    const { address, refusals } = await open();
    expect(await codeOf(address, path, undefined)).toBe('MLIP_E_TOKEN_MISSING');
    for (const wrong of ['', 'x', `${testToken.reveal()}x`, RunToken.random().reveal(), 'a'.repeat(5000)]) {
      expect(await codeOf(address, path, wrong)).toBe('MLIP_E_TOKEN_WRONG');
    }
    expect(refusals.of('token')).toBe(6);
  });

  it('lets in whoever has it, and nobody else', async () => {
    const { address } = await open();
    expect(await fetchStatus(address, { access: testAccess })).toMatchObject({ runId: 'r' });
    const access = { token: RunToken.random(), tls: null };
    const refusal = { code: 'MLIP_E_TOKEN_WRONG', remedy: expect.stringContaining('OUT/token') as string };
    await expect(fetchStatus(address, { access })).rejects.toMatchObject(refusal);
    await expect(watchRun(address, { access }).next()).rejects.toMatchObject(refusal);
  });

  it('that is wrong costs the connection', async () => {
    const { address, port } = await open();
    const http2Preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    const patient = connect(port, '127.0.0.1');
    patient.write(http2Preface);
    const client = new Client(address, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
    closers.push(() => client.close());
    const ask = (): Promise<number | undefined> =>
      new Promise((resolve) => {
        const same = (bytes: Buffer): Buffer => bytes;
        client.makeUnaryRequest(methods.status.path, same, same, Buffer.alloc(0), (error) => resolve(error?.code));
      });
    await ask();
    const state = client.getChannel();
    const ready = state.getConnectivityState(false);
    await new Promise<void>((resolve) => state.watchConnectivityState(ready, Date.now() + 5_000, () => resolve()));
    expect(state.getConnectivityState(false)).not.toBe(ready);
    // Another connection is not touched by it.
    expect(patient.destroyed).toBe(false);
    patient.destroy();
  });
});

describe('a connection', () => {
  const hasty: ServerLimits = { ...DEFAULT_LIMITS, connections: { ...DEFAULT_LIMITS.connections, deadlineMs: 200 } };

  it('that does not show a token in time is closed, whether it says nothing or speaks HTTP/2', async () => {
    const { port, refusals } = await open({ limits: hasty });
    const mute = connect(port, '127.0.0.1');
    const talking = connect(port, '127.0.0.1');
    talking.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    talking.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
    await Promise.all([untilClosed(mute), untilClosed(talking)]);
    expect(refusals.of('silent')).toBe(2);
  });

  it('that has shown it stays', async () => {
    const { address, refusals } = await open({ limits: hasty });
    const stop = new AbortController();
    const watching = watchRun(address, { access: testAccess, signal: stop.signal }).next();
    await new Promise((resolve) => setTimeout(resolve, 500));
    stop.abort();
    expect(await watching).toMatchObject({ done: true });
    expect(refusals.of('silent')).toBe(0);
  });

  it('of a crowd of strangers makes room for one that belongs here', async () => {
    const few = { total: 100, pending: 8, pendingPerAddress: 8, deadlineMs: 60_000 };
    const { address, port, refusals } = await open({ limits: { ...DEFAULT_LIMITS, connections: few } });
    const crowd = Array.from({ length: 50 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    closers.push(() => crowd.forEach((socket) => socket.destroy()));
    const status = await fetchStatus(address, { access: testAccess });
    expect(status).toMatchObject({ runId: 'r' });
    expect(refusals.of('connections')).toBeGreaterThanOrEqual(43);
  });

  it('is turned away where there are as many as there may be', async () => {
    const few = { total: 2, pending: 2, pendingPerAddress: 2, deadlineMs: 60_000 };
    const { address, port, refusals } = await open({ limits: { ...DEFAULT_LIMITS, connections: few } });
    const stop = new AbortController();
    const watching = [0, 1].map(() => watchRun(address, { access: testAccess, signal: stop.signal }).next());
    await new Promise((resolve) => setTimeout(resolve, 300));
    await untilClosed(connect(port, '127.0.0.1'));
    expect(refusals.of('connections')).toBe(1);
    stop.abort();
    await Promise.all(watching);
  });
});

describe('TLS', () => {
  let own: TestAuthority;
  let foreign: TestAuthority;
  let coordinator: Pair;
  let worker: Pair;

  beforeAll(async () => {
    [own, foreign] = await Promise.all([testAuthority(), testAuthority()]);
    coordinator = await own.pair('coordinator');
    worker = await own.pair('worker');
  });

  const ask = (address: string, tls: TlsFiles | null, timeoutMs = 5_000) =>
    fetchStatus(address, { access: { token: testToken, tls }, timeoutMs });

  /** A client that does not look at its own certificate first. */
  const careless = (pair: Pair, ca = own.authority.cert): TlsFiles => unchecked(pair, ca);

  it('lets in those with a certificate and the token, and not those with one of them', async () => {
    const { address, refusals } = await open({ tls: coordinator.files() });
    expect(await ask(address, worker.files())).toMatchObject({ runId: 'r' });
    const access = { token: RunToken.random(), tls: worker.files() };
    await expect(fetchStatus(address, { access })).rejects.toMatchObject({ code: 'MLIP_E_TOKEN_WRONG' });
    await expect(ask(address, null, 500)).rejects.toMatchObject({
      code: 'MLIP_E_RPC_UNREACHABLE',
      remedy: expect.stringContaining('TLS') as string,
    });
    expect(refusals.of('token')).toBe(1);
    expect(refusals.of('handshake')).toBeGreaterThan(0);
  });

  it('refuses clients with an expired or foreign certificate, who are told so soon', async () => {
    const { address, refusals } = await open({ tls: coordinator.files() });
    const expired = careless(await own.pair('worker', EXPIRED));
    await expect(ask(address, expired)).rejects.toMatchObject({ code: 'MLIP_E_TLS_REFUSED', where: address });
    const stranger = careless(await foreign.pair('worker'));
    await expect(ask(address, stranger)).rejects.toMatchObject({ code: 'MLIP_E_TLS_REFUSED' });
    expect(refusals.of('certificate')).toBeGreaterThanOrEqual(2);
    expect(refusals.of('token')).toBe(0);
  });

  it('takes certificates of several authorities, as while one follows another', async () => {
    const pair = await own.pair('coordinator');
    const caFile = `${pair.certFile}.both`;
    writeFileSync(caFile, own.authority.cert + foreign.authority.cert);
    const both = (of: Pair): TlsFiles => new TlsFiles({ ...of, caFile }, silent, 0);
    const { address } = await open({ tls: both(pair) });
    expect(await ask(address, worker.files())).toMatchObject({ runId: 'r' });
    expect(await ask(address, both(await foreign.pair('worker')))).toMatchObject({ runId: 'r' });
  });

  it('tells a client without a certificate', async () => {
    const { address } = await open({ tls: coordinator.files() });
    const bare = { context: createSecureContext({ ca: own.authority.cert }) } as TlsFiles;
    await expect(ask(address, bare)).rejects.toMatchObject({ code: 'MLIP_E_TLS_MISSING' });
  });

  it('keeps a client from a coordinator with an expired, foreign or other certificate, and its token too', async () => {
    const expired = await open({ tls: careless(await own.pair('coordinator', EXPIRED)) });
    await expect(ask(expired.address, worker.files())).rejects.toMatchObject({
      code: 'MLIP_E_TLS_EXPIRED',
      message: 'the certificate that was shown there is not valid now (CERT_HAS_EXPIRED)',
    });
    const stranger = await open({ tls: careless(await foreign.pair('coordinator')) });
    await expect(ask(stranger.address, worker.files())).rejects.toMatchObject({ code: 'MLIP_E_TLS_AUTHORITY' });
    for (const { refusals } of [expired, stranger]) expect(refusals.of('token')).toBe(0);
  });

  it('keeps a client with TLS from a coordinator without', async () => {
    const { address } = await open();
    await expect(ask(address, worker.files())).rejects.toMatchObject({
      code: 'MLIP_E_TLS_MISSING',
      message: 'what listens there does not speak TLS as we do',
    });
  });

  it('takes renewed files at the next connection, at both ends, while a watcher goes on', async () => {
    const [server, client] = [await own.pair('coordinator'), await own.pair('worker')];
    const [serverFiles, clientFiles] = [server.files(), client.files()];
    const { address, refusals } = await open({ tls: serverFiles });
    const stop = new AbortController();
    const watching = watchRun(address, { access: { token: testToken, tls: clientFiles }, signal: stop.signal }).next();
    expect(await ask(address, clientFiles)).toMatchObject({ runId: 'r' });
    // What was a certificate of the run's authority is one of another, at both ends.
    const other = await testAuthority();
    for (const [pair, role] of [
      [server, 'coordinator'],
      [client, 'worker'],
    ] as const) {
      await other.renew(pair, role);
      writeFileSync(pair.caFile, other.authority.cert);
    }
    expect(await ask(address, clientFiles)).toMatchObject({ runId: 'r' });
    expect(refusals.of('certificate')).toBe(0);
    await expect(ask(address, careless(worker, other.authority.cert))).rejects.toMatchObject({
      code: 'MLIP_E_TLS_REFUSED',
    });
    stop.abort();
    expect(await watching).toMatchObject({ done: true });
  });
});

describe('a certificate', () => {
  const shown = (...names: string[]): PeerCertificate =>
    ({ subject: { CN: 'x' }, subjectaltname: names.map((name) => `DNS:${name}`).join(', ') }) as PeerCertificate;

  it('is right for the host that was called, and for its role on any host', () => {
    const check = identityCheck('coordinator');
    expect(check('train.example.org', shown('train.example.org'))).toBeUndefined();
    expect(check('10.0.0.5', shown('coordinator.mlip.internal'))).toBeUndefined();
  });

  it('of a worker is wrong for a coordinator', () => {
    const check = identityCheck('coordinator');
    expect(check('10.0.0.5', shown('worker.mlip.internal'))).toBeInstanceOf(Error);
    expect(check('10.0.0.5', shown('evil.example.org'))).toBeInstanceOf(Error);
    expect(identityCheck('worker')('10.0.0.6', shown('worker.mlip.internal'))).toBeUndefined();
  });
});
