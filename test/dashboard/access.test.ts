// Who is let into the dashboard, by what, and what every answer carries.
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Dashboard } from '../../src/dashboard/serve.js';
import { Attempts } from '../../src/dashboard/attempts.js';
import { SESSION_SECONDS, Sessions } from '../../src/dashboard/sessions.js';
import { RunToken } from '../../src/security/run-token.js';
import { TOKEN, metricsLines, writtenRun, type Written } from './run-directory.js';
import { ask, loggedIn, login, serve } from './served.js';

let run: Written;
let dashboard: Dashboard;
beforeEach(async () => {
  run = writtenRun();
  run.append('metrics.jsonl', ...metricsLines(1, 3));
  dashboard = await serve(run.out);
});
afterEach(async () => {
  await dashboard.close();
  run.remove();
});

const questions = ['runs', 'runs/run/state', 'runs/run/curves', 'runs/run/stream', 'runs/run/logs', 'runs/run/config'];

it.each(questions)('api/%s is answered to nobody without a session', async (path) => {
  const { status, body } = await ask(`${dashboard.url}api/${path}`);
  expect(status).toBe(401);
  expect(JSON.parse(body)).toMatchObject({
    code: 'MLIP_E_TOKEN_MISSING',
    remedy: 'Log in with the content of OUT/token.',
  });
});

it('the token gives a session in a cookie that scripts and other sites do not see, and that is not the token', async () => {
  const { status, headers } = await login(dashboard.url, TOKEN);
  expect(status).toBe(200);
  const [cookie] = headers['set-cookie']!;
  expect(cookie).toMatch(/^mlip_\d+=[\w.-]+; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
  expect(cookie).not.toContain(TOKEN);
  const answered = await ask(`${dashboard.url}api/runs`, { headers: { cookie: cookie.split(';')[0] } });
  expect(JSON.parse(answered.body)).toMatchObject([{ id: 'run', step: 3 }]);
});

it('a wrong token is refused with what to do, ten times a minute', async () => {
  for (let attempt = 0; attempt < 10; attempt++) {
    const { status, body, headers } = await login(dashboard.url, 'not-the-token-of-this-run');
    expect([status, headers['set-cookie']]).toEqual([401, undefined]);
    expect(JSON.parse(body)).toMatchObject({
      code: 'MLIP_E_TOKEN_WRONG',
      message: 'that is not the token of this run',
    });
  }
  const { status, headers } = await login(dashboard.url, TOKEN);
  expect(status).toBe(429);
  expect(Number(headers['retry-after'])).toBeGreaterThan(0);
});

it('a login that is no JSON, none of a token, or huge is refused', async () => {
  const post = async (body: string, type = 'application/json'): Promise<number> =>
    (await ask(`${dashboard.url}api/login`, { method: 'POST', headers: { 'content-type': type }, body })).status;
  expect(await post('{"tok')).toBe(401);
  expect(await post('null')).toBe(401);
  expect(await post('{"token":["a"]}')).toBe(401);
  expect(await post(JSON.stringify({ token: 'x'.repeat(100_000) }))).toBe(401);
  // What a form of another site could send.
  expect(await post(`token=${TOKEN}`, 'application/x-www-form-urlencoded')).toBe(415);
});

it('a session ends when its owner logs out', async () => {
  const headers = { ...(await loggedIn(dashboard.url)), 'content-type': 'application/json' };
  await ask(`${dashboard.url}api/logout`, { method: 'POST', headers, body: '{}' });
  expect((await ask(`${dashboard.url}api/runs`, { headers })).status).toBe(401);
});

it('a run that has no token yet lets nobody in, and says so', async () => {
  const early = await serve(run.out, { token: () => null });
  const { status, body } = await login(early.url, TOKEN);
  await early.close();
  expect([status, body]).toEqual([503, expect.stringContaining('the run has no token yet')]);
});

describe('a session', () => {
  const token = new RunToken(TOKEN, 'a test');

  it('is good at another server with the same token, and at none with another', () => {
    const session = new Sessions().begin(token);
    expect(new Sessions().isOpen(session, token)).toBe(true);
    expect(new Sessions().isOpen(session, RunToken.random())).toBe(false);
  });

  it('ends after its time, and cannot be made longer', () => {
    const session = new Sessions(() => 1_000_000).begin(token);
    const later = new Sessions(() => 1_000_000 + SESSION_SECONDS * 1000);
    expect(later.isOpen(session, token)).toBe(false);
    const [bits, end, seal] = session.split('.');
    expect(later.isOpen(`${bits}.${Number(end) + 10_000}.${seal}`, token)).toBe(false);
  });
});

it('attempts are counted by address, and forgotten after a minute', () => {
  let now = 0;
  const attempts = new Attempts(() => now);
  for (let i = 0; i < 10; i++) attempts.failed('10.0.0.1');
  expect(attempts.waitOf('10.0.0.1')).toBe(60_000);
  expect(attempts.waitOf('10.0.0.2')).toBe(0);
  now = 60_001;
  expect(attempts.waitOf('10.0.0.1')).toBe(0);
});

it('every answer forbids what the page does not need', async () => {
  for (const path of ['', 'main.js', 'api/runs', 'nothing']) {
    const { headers } = await ask(`${dashboard.url}${path}`);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'.*frame-ancestors 'none'$/);
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  }
});

it('is called by addresses, localhost and its own names, not by a name that points here from elsewhere', async () => {
  const named = await serve(run.out, { names: ['runs.example'] });
  const status = async (host: string): Promise<number> => (await ask(named.url, { headers: { host } })).status;
  for (const host of ['127.0.0.1:1', 'localhost', '[::1]:80', 'Runs.Example:443', '10.1.2.3']) {
    expect([host, await status(host)]).toEqual([host, 200]);
  }
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'a b']) {
    expect([host, await status(host)]).toEqual([host, 421]);
  }
  await named.close();
});

it.each(['../run/token', '..%2f..%2fetc%2fpasswd', '%2e%2e/serve.ts', 'page-files.js', '/etc/passwd', 'run/token'])(
  'no path leads to a file that is none of the page: %s',
  async (path) => {
    expect((await ask(`${dashboard.url}${path}`)).status).toBe(404);
  },
);

it.each(['..', '..%2frun', '%2e%2e', 'run%2f..', 'other', '%00', 'run%00'])(
  'no name leads to a directory that is none of the runs: %s',
  async (name) => {
    const headers = await loggedIn(dashboard.url);
    expect((await ask(`${dashboard.url}api/runs/${name}/state`, { headers })).status).toBe(404);
  },
);

it('an address that cannot be decoded is refused', async () => {
  const headers = await loggedIn(dashboard.url);
  expect((await ask(`${dashboard.url}api/runs/%ff/state`, { headers })).status).toBe(400);
  expect((await ask(`${dashboard.url}api/runs/%ff/stream`, { headers })).status).toBe(400);
});

it('a port that is taken is said, with what to do', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  await expect(serve(run.out, { port })).rejects.toMatchObject({ code: 'MLIP_E_PORT_IN_USE' });
  holder.close();
});
