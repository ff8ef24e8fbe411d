// What the server answers to the page: curves, pictures, events that go on where a browser was, and over TLS.
import { symlinkSync, writeFileSync } from 'node:fs';
import { request as overTls } from 'node:https';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Dashboard } from '../../src/dashboard/serve.js';
import { formatPlaces, parsePlaces } from '../../src/dashboard/run-files.js';
import { testAuthority } from '../support/certificates.js';
import { TOKEN, metricsLines, type Written } from './run-directory.js';
import { ask, loggedIn, serve, type Answered } from './served.js';
import { wholeRun } from './whole-run.js';

let run: Written;
let dashboard: Dashboard;
let cookie: { cookie: string };
beforeEach(async () => {
  run = await wholeRun();
  dashboard = await serve(run.out, { intervalMs: 20 });
  cookie = await loggedIn(dashboard.url);
});
afterEach(async () => {
  await dashboard.close();
  run.remove();
});

const get = (path: string): Promise<Answered> => ask(`${dashboard.url}api/runs/first/${path}`, { headers: cookie });

it('curves are as long as was asked for, and of the steps that were asked for', async () => {
  const drawn = async (query: string): Promise<{ steps: number[] }> =>
    JSON.parse((await get(`curves?${query}`)).body) as { steps: number[] };
  expect((await drawn('')).steps).toHaveLength(200);
  expect((await drawn('most=10')).steps).toHaveLength(20);
  expect((await drawn('from=50&to=53')).steps).toEqual([50, 51, 52, 53]);
  expect((await drawn('most=nonsense&from=x')).steps).toHaveLength(200);
  expect((await drawn('most=-5')).steps.length).toBeLessThanOrEqual(2);
});

it('pictures are given by their names, and nothing else is', async () => {
  const picture = await get('evaluations/200/pair-0.jpg');
  expect([picture.status, picture.headers['content-type']]).toEqual([200, 'image/jpeg']);
  writeFileSync(join(run.out, 'token'), TOKEN);
  symlinkSync(join(run.out, 'token'), join(run.out, 'evaluations', 'step-200', 'stolen.jpg'));
  writeFileSync(join(run.out, 'evaluations', 'step-200', 'huge.jpg'), Buffer.alloc(3 << 20));
  const names = ['stolen.jpg', 'huge.jpg', 'none.jpg', 'retrieval.json', '..%2f..%2ftoken', '..%2Fpair-0.jpg', ''];
  for (const name of names) expect([name, (await get(`evaluations/200/${name}`)).status]).toEqual([name, 404]);
  for (const step of ['0200', '2e2', '201', '..', '200%2f..'])
    expect((await get(`evaluations/${step}`)).status).toBe(404);
});

/** Server-sent events, as `kind id`, until one matches. */
function events(path: string, until: RegExp, headers: Record<string, string> = {}): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let text = '';
    const sent = request(`${dashboard.url}api/runs/first/${path}`, { headers: { ...cookie, ...headers } }, (answer) => {
      answer.on('data', (chunk) => {
        text += String(chunk);
        if (!until.test(text)) return;
        sent.destroy();
        resolve(text.split('\n\n').filter((event) => event.startsWith('id: ')));
      });
    });
    sent.on('error', (error) => (until.test(text) ? undefined : reject(error)));
    sent.end();
  });
}

it('events go on where the browser was, which it says by the id of the last one', async () => {
  const { cursor } = JSON.parse((await get('state')).body) as { cursor: string };
  run.append('metrics.jsonl', ...metricsLines(201, 202));
  const first = await events(`stream?from=${encodeURIComponent(cursor)}`, /"step":202/);
  expect(first[0]).toContain('event: metrics');
  const id = /^id: (.*)/.exec(first.findLast((event) => event.includes('event: metrics'))!)![1];
  run.append('metrics.jsonl', ...metricsLines(203, 203));
  const [again] = await events('stream', /"step":203/, { 'last-event-id': id });
  expect(again).toContain('"step":203');
  expect(again).not.toContain('"step":202');
});

it('a browser that is far behind, or that knows a file that was replaced, is told to begin anew', async () => {
  const other = formatPlaces({ ...parsePlaces('metrics=1:5;events=;ranks=;logs=')! });
  expect((await events('stream', /event: reset/, { 'last-event-id': other }))[0]).toContain('{"file":"metrics"}');
  const { cursor } = JSON.parse((await get('state')).body) as { cursor: string };
  run.append('metrics.jsonl', ...metricsLines(201, 9_000));
  const [reset] = await events(`stream?from=${encodeURIComponent(cursor)}`, /event: reset/);
  expect(reset).toContain('{"file":"metrics"}');
});

it.each(['', 'x', 'metrics=1:1', 'metrics=1:1;events=;ranks=;logs=;more=', 'metrics=-1:1;events=;ranks=;logs='])(
  'an id that is none of ours is as good as none: %j',
  (id) => {
    expect(parsePlaces(id)).toBeNull();
  },
);

it('speaks HTTPS with the certificate of the run, and keeps the cookie to it', async () => {
  const authority = await testAuthority();
  const own = await authority.pair('coordinator', { hosts: ['127.0.0.1'] });
  const tls = own.files();
  const secure = await serve(run.out, { tls });
  expect(secure.url).toMatch(/^https:/);
  const headers = { 'content-type': 'application/json' };
  const answered = await new Promise<string[]>((resolve, reject) => {
    const sent = overTls(
      `${secure.url}api/login`,
      { method: 'POST', headers, ca: authority.authority.cert },
      (answer) => {
        answer.resume();
        resolve(answer.headers['set-cookie'] ?? []);
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify({ token: TOKEN }));
  });
  expect(answered[0]).toMatch(/; HttpOnly; SameSite=Strict; Secure$/);
  await secure.close();
});
