/** Serves the dashboard: the page to everybody, runs to whoever has shown the token. It reads output directories, and writes nothing. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { MlipError, hasCode, messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import type { RunToken } from '../security/run-token.js';
import type { TlsFiles } from '../security/tls-files.js';
import { formatAddress } from '../rpc/address.js';
import { answer } from './answers.js';
import { Gate } from './gate.js';
import { isOwnHost } from './hosts.js';
import { pageFile, pageFiles, type PageFiles } from './page-files.js';
import { json, notFound, refusal, send, setCommonHeaders, type Reply } from './reply.js';
import { NOWHERE, parsePlaces } from './run-files.js';
import { RunList } from './run-list.js';
import { streamRun } from './stream.js';

export interface DashboardOptions {
  /** Output directory of a run, or a directory of such. */
  root: string;
  host: string;
  /** 0 takes any that is free. */
  port: number;
  /** Names by which browsers may call it, besides addresses, localhost and this machine's name. */
  names: readonly string[];
  /** Null while the run has none. */
  token: () => RunToken | null;
  /** Null serves plain HTTP. */
  tls: TlsFiles | null;
  log: Logger;
  /** Between two looks at what is new; half a second by default. */
  intervalMs?: number | undefined;
}

export interface Dashboard {
  url: string;
  close(): Promise<void>;
}

const BOUNDS = { headersTimeout: 10_000, requestTimeout: 10_000, keepAliveTimeout: 10_000, maxHeaderSize: 16_384 };
const MOST_CONNECTIONS = 256;
/** Of browsers that follow a run. */
const MOST_STREAMS = 64;

/** @throws MLIP_E_PORT_IN_USE */
export async function serveDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { tls, host } = options;
  const server = tls === null ? createServer(BOUNDS) : tlsServer(tls);
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  server.on('request', listenerOf(options, port));
  return { url: `${tls === null ? 'http' : 'https'}://${formatAddress(host, port)}/`, close: () => close(server) };
}

/** Browsers show no certificate: the token lets them in. */
function tlsServer(tls: TlsFiles): ReturnType<typeof createTlsServer> {
  let used = tls.options;
  const server = createTlsServer({ ...BOUNDS, ...used });
  server.on('connection', () => {
    if (tls.options !== used) server.setSecureContext((used = tls.options));
  });
  return server;
}

interface Desk extends Pick<DashboardOptions, 'names' | 'log' | 'intervalMs'> {
  gate: Gate;
  files: PageFiles;
  runs: RunList;
  streams: Set<ServerResponse>;
}

function listenerOf({ root, names, token, tls, log, intervalMs }: DashboardOptions, port: number): RequestListener {
  const gate = new Gate({ token, cookie: `mlip_${port}`, secure: tls !== null });
  const desk: Desk = { names, log, gate, files: pageFiles(), runs: new RunList(root), streams: new Set(), intervalMs };
  return (request, response) => {
    setCommonHeaders(response);
    response.on('error', () => undefined);
    handle(desk, request, response).catch((error: unknown) => fail(desk, response, error));
  };
}

async function handle(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (!isOwnHost(request.headers.host, desk.names)) return send(response, misdirected(request.headers.host));
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://own');
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
  if (hasCode(error, 'MLIP_E_USAGE') || error instanceof URIError) {
    send(response, json({ code: 'MLIP_E_USAGE', message: messageOf(error), remedy: '' }, 400));
    return;
  }
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

async function listen(server: Server, { port, host }: DashboardOptions): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (cause) {
    throw new MlipError('MLIP_E_PORT_IN_USE', `cannot serve the dashboard on ${host}:${port}: ${messageOf(cause)}`, {
      where: `${host}:${port}`,
      remedy: 'Choose another port, or 0 for any that is free, or end the process that holds this one.',
      cause,
    });
  }
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
