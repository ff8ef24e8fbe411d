/** Where coordinator and workers listen, what they say of it, and a run whose processes know each other by certificates. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ServiceError } from '@grpc/grpc-js';
import { createLogger } from '../../src/core/log.js';
import { fromStatus } from '../../src/rpc/failure.js';
import { fetchStatus, stopRun } from '../../src/rpc/launcher.js';
import type { Access } from '../../src/security/access.js';
import { RunToken } from '../../src/security/run-token.js';
import { fixedAddresses } from '../../src/worker/coordinator-search.js';
import { ownHost } from '../../src/worker/own-address.js';
import { startRun, startWorker, startWorkers } from '../coordinator/harness.js';
import { testAccess, testToken } from '../support/access.js';
import { testAuthority } from '../support/certificates.js';

const lines: string[] = [];
const log = createLogger({ name: 'test', write: (line) => lines.push(line) });
const folders: string[] = [];
afterEach(() => {
  lines.length = 0;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mlip-doors-'));
  folders.push(folder);
  return folder;
}

/** An address of this machine by which others reach it; undefined where it has none. */
function outerAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

function reaches(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.on('connect', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

const portOf = (address: string): number => Number(address.split(':').at(-1));

describe('a coordinator without a word about its interface', () => {
  it('listens to its own machine without TLS, and says so', async () => {
    const run = await startRun({ host: null, log, out: scratch() });
    expect(run.address).toMatch(/^127\.0\.0\.1:/);
    expect(lines.join('\n')).toMatch(/without TLS only this machine is listened to; --host/);
    const outer = outerAddress();
    if (outer !== undefined) expect(await reaches(outer, portOf(run.address))).toBe(false);
    await stopRun(run.address, { access: testAccess });
    await run.outcome;
  });

  it('listens to all with TLS', async () => {
    const own = await testAuthority();
    const tls = (await own.pair('coordinator')).files();
    const run = await startRun({ host: null, log, access: { token: testToken, tls }, out: scratch() });
    const outer = outerAddress();
    if (outer !== undefined) expect(await reaches(outer, portOf(run.address))).toBe(true);
    expect(lines.join('\n')).toContain('certificates are asked for and shown');
    const access = { token: testToken, tls: (await own.pair('worker')).files() };
    await stopRun(`127.0.0.1:${portOf(run.address)}`, { access });
    await run.outcome;
  });

  it('that is told to let others in without TLS does, with a warning', async () => {
    const run = await startRun({ host: '0.0.0.0', log, out: scratch() });
    expect(lines.join('\n')).toMatch(/warn .*without TLS the network sees everything/);
    await stopRun(`127.0.0.1:${portOf(run.address)}`, { access: testAccess });
    await run.outcome;
  });
});

describe('a worker', () => {
  const coordinatorHost = outerAddress() ?? '127.0.0.1';
  const about = { find: fixedAddresses(`${coordinatorHost}:7070`), log };

  it('is reached over the loopback interface without TLS, and says so', async () => {
    expect(await ownHost({ ...about, access: { tls: null } })).toMatch(/^127\./);
    if (outerAddress() !== undefined) expect(lines.join()).toContain('--host lets others in');
  });

  it('is reached where it is told, and with TLS at the address towards its coordinator', async () => {
    expect(await ownHost({ ...about, host: '10.1.2.3', access: { tls: null } })).toBe('10.1.2.3');
    const tls = (await (await testAuthority()).pair('worker')).files();
    expect(await ownHost({ ...about, access: { tls } })).toBe(coordinatorHost);
  });
});

describe('a coordinator without a token', () => {
  it('makes one in its output directory, says where and not what, and lets in who read it', async () => {
    const out = scratch();
    const run = await startRun({ log, out, access: { token: null, tls: null } });
    const text = readFileSync(join(out, 'token'), 'utf8').trim();
    expect(lines.join('\n')).toContain(join(out, 'token'));
    expect(lines.join('\n')).not.toContain(text);
    await expect(fetchStatus(run.address, { access: testAccess })).rejects.toMatchObject({
      code: 'MLIP_E_TOKEN_WRONG',
    });
    const access: Access = { token: new RunToken(text, 'token'), tls: null };
    expect(await fetchStatus(run.address, { access })).toMatchObject({ phase: 'joining' });
    await stopRun(run.address, { access });
    await run.outcome;
    for (const name of ['config.yaml', 'run.json']) expect(readFileSync(join(out, name), 'utf8')).not.toContain(text);
  });
});

describe('a run whose processes know each other by certificates', () => {
  it('is joined with the token and a certificate, and not with one of them', async () => {
    const [own, foreign] = await Promise.all([testAuthority(), testAuthority()]);
    const tls = (await own.pair('coordinator')).files();
    const run = await startRun({ log, access: { token: testToken, tls }, out: scratch() });
    const worker = { token: testToken, tls: (await own.pair('worker')).files() };
    const tryWith = async (access: Access): Promise<unknown> => {
      const ended = await startWorker(run.address, { access, reconnects: false }).worker.ended;
      return 'error' in ended ? fromStatus(ended.error as ServiceError, run.address).code : 'let in';
    };
    expect(await tryWith({ ...worker, token: RunToken.random() })).toBe('MLIP_E_TOKEN_WRONG');
    const stranger = { token: testToken, tls: (await foreign.pair('worker')).files() };
    await expect(fetchStatus(run.address, { access: stranger })).rejects.toMatchObject({
      code: 'MLIP_E_TLS_AUTHORITY',
    });
    startWorkers(run.address, 2, { access: worker });
    expect(await run.outcome).toMatchObject({ kind: 'finished', step: 3 });
  });
});
