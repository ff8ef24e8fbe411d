/** Each way in which two ranks do not take each other's certificates has a code and a remedy of its own, at once. */
import { readFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { callPeer, type Peer } from '../../src/collectives/call-peer.js';
import { listen } from '../../src/collectives/listener.js';
import { openRing } from '../../src/collectives/open-ring.js';
import type { MlipError } from '../../src/core/errors.js';
import { Refusals } from '../../src/security/refusals.js';
import type { TlsFiles } from '../../src/security/tls-files.js';
import { silent } from '../support/access.js';
import { careless, EXPIRED, type Pair, type TestAuthority, testAuthority } from '../support/certificates.js';
import { optionsOf, peerOf } from './rings.js';

/** Less than a peer that cannot be reached is called again. */
const AT_ONCE_MS = 2_000;

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

/** Rank 0, which shows or asks what it is told to. */
async function peerWith(tls: TlsFiles | null, host = '127.0.0.1'): Promise<Peer & { refusals: Refusals }> {
  const refusals = new Refusals(silent);
  const listener = await listen({ host, tls, refusals });
  cleanups.push(() => listener.close());
  return { ...peerOf(listener, 0), host, refusals };
}

/** Why rank 1 gets no ring with that peer, and how soon it knew. */
async function failureOf(peer: Peer, tls = worker.files()): Promise<{ error: MlipError; waitedMs: number }> {
  const listener = await listen({ host: '127.0.0.1', tls: worker.files(), refusals: new Refusals(silent) });
  cleanups.push(() => listener.close());
  const startedMs = performance.now();
  const options = { ...optionsOf(1, [peer, peerOf(listener, 1)], listener), tls, timeoutMs: 20_000 };
  const error = await openRing(options).then(
    () => Promise.reject(new Error('the ring is open')),
    (cause: unknown) => cause as MlipError,
  );
  return { error, waitedMs: performance.now() - startedMs };
}

async function expectRefusal(peer: Peer, code: string, remedy: string, tls?: TlsFiles): Promise<MlipError> {
  const { error, waitedMs } = await failureOf(peer, tls);
  const where = `rank 0 at ${peer.host}:${peer.port}`;
  expect(error).toMatchObject({ code, where, remedy: expect.stringContaining(remedy) as string });
  expect(waitedMs).toBeLessThan(AT_ONCE_MS);
  return error;
}

it('a peer whose certificate has expired', async () => {
  const peer = await peerWith(careless(await own.pair('worker', EXPIRED), own.authority.cert));
  await expectRefusal(peer, 'MLIP_E_TLS_EXPIRED', 'clocks');
});

it('a peer whose certificate is not valid yet', async () => {
  const early = { notBefore: new Date(Date.now() + 86_400_000), days: 7 };
  const peer = await peerWith(careless(await own.pair('worker', early), own.authority.cert));
  await expectRefusal(peer, 'MLIP_E_TLS_EXPIRED', 'clocks');
});

it('a peer of another authority, which hears nothing of us', async () => {
  const peer = await peerWith((await foreign.pair('worker')).files());
  await expectRefusal(peer, 'MLIP_E_TLS_AUTHORITY', '--tls-ca');
  expect(peer.refusals.of('token')).toBe(0);
});

it.skipIf(process.platform !== 'linux')('a peer whose certificate is for other names', async () => {
  // That of a coordinator names the machine by 127.0.0.1 alone, and does not make it a worker elsewhere.
  const peer = await peerWith((await own.pair('coordinator')).files(), '127.0.0.2');
  await expectRefusal(peer, 'MLIP_E_TLS_NAME', 'mlip certs --host');
});

it('a peer without TLS, that is without a certificate', async () => {
  const peer = await peerWith(null);
  await expectRefusal(peer, 'MLIP_E_TLS_MISSING', 'all processes of a run');
  expect(peer.refusals.of('protocol')).toBe(1);
});

it('a peer that speaks TLS and has no certificate', async () => {
  const server = createTlsServer({});
  server.on('tlsClientError', () => undefined);
  const peer = await listening(server);
  await expectRefusal(peer, 'MLIP_E_TLS_MISSING', 'all processes of a run');
});

it('a peer that asks for a certificate, and we have none', async () => {
  const peer = await peerWith(worker.files());
  const tls = { context: createSecureContext({ ca: own.authority.cert }) } as TlsFiles;
  await expectRefusal(peer, 'MLIP_E_TLS_MISSING', 'all processes of a run', tls);
});

it.each(['expired', 'foreign'])('a peer that does not take ours, which is %s', async (kind) => {
  const peer = await peerWith(worker.files());
  const pair = kind === 'expired' ? await own.pair('worker', EXPIRED) : await foreign.pair('worker');
  await expectRefusal(peer, 'MLIP_E_TLS_REFUSED', 'log', careless(pair, own.authority.cert));
  expect(peer.refusals.of('certificate')).toBe(2);
});

it('a peer that dies after the handshake is one that is lost, not one that refuses', async () => {
  const { certFile, keyFile, caFile } = worker;
  const [cert, key, ca] = [certFile, keyFile, caFile].map((path) => readFileSync(path));
  const server = createTlsServer({ cert, key, ca, requestCert: true }, (socket) => {
    server.close();
    socket.destroy();
  });
  const peer = await listening(server);
  const call = { purpose: 'ring' as const, token: 't', tls: worker.files(), generation: 1, rank: 1, timeoutMs: 9_000 };
  const called = callPeer(peer, call, AbortSignal.timeout(9_000));
  await expect(called).rejects.toMatchObject({ code: 'MLIP_E_PEER_LOST' });
});

async function listening(server: Server): Promise<Peer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => server.close());
  return { rank: 0, host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}
