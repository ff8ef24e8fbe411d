/** What the dashboard answers, and the headers that go with every answer. */
import type { ServerResponse } from 'node:http';
import type { MlipError } from '../core/errors.js';

export interface Reply {
  status: number;
  type: string;
  body: string | Buffer;
  headers?: Record<string, string>;
}

/**
 * Everything comes from here, nothing is inline, and no page may frame this one. `no-referrer` and `no-store` since addresses name
 * runs, and answers may hold patients' reports.
 */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

export function setCommonHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  response.setHeader('cache-control', 'no-store');
}

export function send(response: ServerResponse, { status, type, body, headers = {} }: Reply): void {
  response.writeHead(status, { ...headers, 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return { status, type: 'application/json', body: JSON.stringify(value), headers };
}

/** An error as the page shows it. */
export function refusal(status: number, { code, message, remedy }: MlipError): Reply {
  return json({ code, message, remedy: remedy ?? '' }, status);
}

export function notFound(): Reply {
  return json({ code: '', message: 'there is nothing of that name', remedy: '' }, 404);
}
