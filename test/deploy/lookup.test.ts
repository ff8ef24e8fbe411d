/** What the chart asks a cluster for while it is rendered: Secrets, of an API server that has as much as Helm needs for that. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chart, helm, KUBERNETES, objectsOf, only } from './chart.js';

/** Name -> data, as base64. */
const secrets = new Map<string, Record<string, string>>();
let server: Server;
let kubeconfig: string;

const KINDS = { secrets: 'Secret', serviceaccounts: 'ServiceAccount' };

function answerTo(path: string): object | null {
  const resources = Object.entries(KINDS).map(([name, kind]) => ({ name, kind, namespaced: true, verbs: ['get'] }));
  const known: Record<string, object> = {
    '/version': { major: '1', minor: '34', gitVersion: 'v1.34.0' },
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
    '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources },
    '/api/v1/namespaces/research/serviceaccounts/default': {
      kind: 'ServiceAccount',
      apiVersion: 'v1',
      metadata: { name: 'default' },
    },
  };
  const name = /\/secrets\/(.+)$/.exec(path)?.[1];
  const data = secrets.get(name ?? '');
  if (data !== undefined) return { kind: 'Secret', apiVersion: 'v1', metadata: { name, namespace: 'research' }, data };
  return known[path] ?? null;
}

beforeAll(async () => {
  server = createServer(({ url }, response) => {
    const found = answerTo(new URL(url!, 'http://x').pathname);
    const missing = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 };
    response.writeHead(found === null ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ?? missing));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  kubeconfig = join(mkdtempSync(join(tmpdir(), 'mlip-kubeconfig-')), 'config');
  const named = [{ name: 'x', cluster: { server: address }, context: { cluster: 'x', user: 'x' }, user: {} }];
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: named,
    contexts: named,
    users: named,
    'current-context': 'x',
  };
  writeFileSync(kubeconfig, JSON.stringify(config), { mode: 0o600 });
});
beforeEach(() => secrets.clear());
afterAll(() => server.close());

async function template(...sets: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const args = [
    'template',
    'trial',
    chart,
    '--namespace',
    'research',
    '--kube-version',
    KUBERNETES,
    '--dry-run=server',
    '--kubeconfig',
    kubeconfig,
  ];
  const child = spawn((helm as { path: string }).path, [...args, ...sets.flatMap((set) => ['--set', set])]);
  const ended = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: ((await ended) as [number])[0], stdout, stderr };
}

describe.skipIf('missing' in helm)('a Secret', () => {
  it('that a value names and that is not there is said, with the value and the namespace', async () => {
    const { status, stderr } = await template('token.existingSecret=mine');
    expect(stderr).toContain(
      'token.existingSecret names the Secret mine, which is not in the namespace research: make it first',
    );
    expect(status).not.toBe(0);
  });

  it('that lacks a key is said, with the key', async () => {
    secrets.set('mine', { password: 'eA==' });
    expect((await template('token.existingSecret=mine')).stderr).toContain('the Secret mine has no key token');
    secrets.set('c', { 'ca.crt': '', 'tls.crt': '' });
    const tls = 'tls.enabled=true,tls.coordinatorSecret=c,tls.workerSecret=c';
    expect((await template(tls)).stderr).toContain('the Secret c has no key tls.key');
  });

  it('that is there is taken', async () => {
    secrets.set('mine', { token: 'eA==' });
    const { status, stdout, stderr } = await template('token.existingSecret=mine');
    expect(status, stderr).toBe(0);
    expect(objectsOf(stdout).filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  it('that the chart makes is random, and the same after an upgrade', async () => {
    const tokenIn = async (): Promise<string> => only(objectsOf((await template()).stdout), 'Secret').data!['token'];
    const token = await tokenIn();
    expect(Buffer.from(token, 'base64').toString()).toMatch(/^t[A-Za-z0-9]{47}$/);
    expect(await tokenIn()).not.toBe(token);
    secrets.set('trial-mlip-token', { token });
    expect(await tokenIn()).toBe(token);
  });
});
