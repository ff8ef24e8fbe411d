/** Serves the dashboard: the page to everybody, runs to whoever has shown the token. It reads output directories, and writes nothing. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { MlipError, messageOf } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import type { RunToken } from '../security/run-token.js';
import { isLoopback } from '../security/binding.js';
import type { TlsFiles } from '../security/tls-files.js';
import { formatAddress } from '../rpc/address.js';
import { serveRequest, type Desk } from './desk.js';
import { Gate } from './gate.js';
import { pageFiles } from './page-files.js';
import { RunList } from './run-list.js';

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

const BOUNDS = {
  ...{ headersTimeout: 10_000, requestTimeout: 10_000, keepAliveTimeout: 10_000, connectionsCheckingInterval: 2_000 },
  maxHeaderSize: 16_384,
};
const HANDSHAKE_MS = 10_000;
const MOST_CONNECTIONS = 256;

/** @throws MLIP_E_PORT_IN_USE */
export async function serveDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { tls, host, log } = options;
  if (tls === null && !isLoopback(host))
    log.warn('the dashboard is open to others without TLS: its token can be listened to');
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
  const server = createTlsServer({ ...BOUNDS, handshakeTimeout: HANDSHAKE_MS, ...used });
  server.on('connection', () => {
    if (tls.options !== used) server.setSecureContext((used = tls.options));
  });
  return server;
}

function listenerOf({ root, names, token, tls, log, intervalMs }: DashboardOptions, port: number): RequestListener {
  const gate = new Gate({ token, cookie: `mlip_${port}`, secure: tls !== null });
  const desk: Desk = { names, log, gate, files: pageFiles(), runs: new RunList(root), streams: new Set(), intervalMs };
  return (request, response) => serveRequest(desk, request, response);
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
