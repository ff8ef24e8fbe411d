// A dashboard on a port of its own, and requests as a browser makes them.
import { request, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { createLogger } from '../../src/core/log.js';
import { serveDashboard, type Dashboard, type DashboardOptions } from '../../src/dashboard/serve.js';
import { RunToken } from '../../src/security/run-token.js';
import { TOKEN } from './run-directory.js';

export const quiet = createLogger({ name: 'test', write: () => undefined });

export function serve(root: string, more: Partial<DashboardOptions> = {}): Promise<Dashboard> {
  const token = new RunToken(TOKEN, 'a test');
  const log = quiet;
  return serveDashboard({ root, host: '127.0.0.1', port: 0, names: [], tls: null, log, token: () => token, ...more });
}

export interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Headers as they are given: `fetch` would set some of them itself. */
export function ask(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const sent = request(url, { method, headers, agent: false }, (response) => {
      const done = (answer: string): void =>
        resolve({ status: response.statusCode!, headers: response.headers, body: answer });
      text(response).then(done, reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export function login(url: string, token: string): Promise<Answered> {
  const headers = { 'content-type': 'application/json' };
  return ask(`${url}api/login`, { method: 'POST', headers, body: JSON.stringify({ token }) });
}

/** The cookie of a session. */
export async function loggedIn(url: string): Promise<{ cookie: string }> {
  const { headers } = await login(url, TOKEN);
  return { cookie: headers['set-cookie']![0].split(';')[0] };
}
