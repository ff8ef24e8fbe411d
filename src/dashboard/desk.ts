/** Answers requests: the page to everybody, runs to whoever has a session. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { MlipError, hasCode, messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { answer } from './answers.js';
import type { Gate } from './gate.js';
import { isOwnHost } from './hosts.js';
import { pageFile, type PageFiles } from './page-files.js';
import { json, notFound, refusal, send, setCommonHeaders, type Reply } from './reply.js';
import { NOWHERE, parsePlaces } from './run-files.js';
import type { RunList } from './run-list.js';
import { streamRun } from './stream.js';

/** Of browsers that follow a run. */
const MOST_STREAMS = 64;

export interface Desk {
  gate: Gate;
  files: PageFiles;
  runs: RunList;
  /** To browsers that follow a run. */
  streams: Set<ServerResponse>;
  /** By which it may be called, besides addresses, localhost and this machine's name. */
  names: readonly string[];
  log: Logger;
  intervalMs: number | undefined;
}

export function serveRequest(desk: Desk, request: IncomingMessage, response: ServerResponse): void {
  setCommonHeaders(response);
  response.on('error', () => undefined);
  handle(desk, request, response).catch((error: unknown) => fail(desk, response, error));
}

async function handle(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isOwnHost(request.headers.host, desk.names)) return send(response, misdirected(request.headers.host));
  const url = request.url ?? '/';
  if (!URL.canParse(url, 'http://own')) return send(response, malformed());
  const { pathname, searchParams } = new URL(url, 'http://own');
  const stream = /^\/api\/runs\/([^/]+)\/stream$/.exec(pathname);
  if (stream !== null && desk.gate.isOpenTo(request)) return follow(desk, stream[1], searchParams, request, response);
  return send(response, await replyTo(desk, request, pathname, searchParams));
}

async function replyTo(desk: Desk, request: IncomingMessage, path: string, query: URLSearchParams): Promise<Reply> {
  const { gate, files, runs } = desk;
  if (request.method === 'POST') {
    // Of another site a browser sends no JSON without asking first, which is refused.
    if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return json({}, 415);
    if (path === '/api/login') return gate.login(request);
    return path === '/api/logout' ? gate.logout(request) : notFound();
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return json({}, 405, { allow: 'GET, HEAD, POST' });
  if (!path.startsWith('/api/')) return (await pageFile(files, path)) ?? notFound();
  if (!gate.isOpenTo(request)) return notLoggedIn();
  return answer(runs, path.slice('/api/'.length), query);
}

async function follow(
  { runs, streams, gate, intervalMs }: Desk,
  name: string,
  query: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const run = await runs.find(decodeURIComponent(name));
  if (run === undefined) return send(response, notFound());
  if (streams.size >= MOST_STREAMS) return send(response, tooMany());
  const known = request.headers['last-event-id'] ?? query.get('from') ?? '';
  streams.add(response);
  try {
    const places = parsePlaces(String(known)) ?? NOWHERE;
    await streamRun({ run, places, response, allowed: () => gate.isOpenTo(request), intervalMs });
  } finally {
    streams.delete(response);
  }
}

function fail({ log }: Desk, response: ServerResponse, error: unknown): void {
  if (hasCode(error, 'MLIP_E_USAGE') || error instanceof URIError) return send(response, malformed());
  // Whoever has gone needs no answer, and fills no log.
  if (response.destroyed) return;
  log.warn('the dashboard could not answer', { reason: messageOf(error) });
  if (response.headersSent) response.destroy();
  else send(response, json({ code: '', message: messageOf(error), remedy: '' }, 500));
}

function misdirected(host = ''): Reply {
  const error = new MlipError('MLIP_E_USAGE', `this dashboard is not called ${host.slice(0, 255)}`, {
    remedy:
      'Call it by an address or as localhost, or start it with that name: --name of mlip dashboard, --dashboard-name elsewhere.',
  });
  return refusal(421, error);
}

function malformed(): Reply {
  return refusal(400, new MlipError('MLIP_E_USAGE', 'an address is malformed'));
}

function notLoggedIn(): Reply {
  const error = new MlipError('MLIP_E_TOKEN_MISSING', 'runs are shown to whoever has their token', {
    remedy: 'Log in with the content of OUT/token.',
  });
  return refusal(401, error);
}

function tooMany(): Reply {
  return json(
    { code: '', message: `${MOST_STREAMS} browsers follow runs already`, remedy: 'Close some of them.' },
    503,
  );
}
