/** Serves metrics to Prometheus: GET /metrics, and GET /healthz for whoever watches the process. */
import { type Server, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { MlipError, messageOf } from '../core/errors.js';

export interface MetricsServerOptions {
  /** 0 takes any that is free. */
  port: number;
  host: string;
  /** What is wrong with the process, or null while all is well. */
  trouble?: () => string | null;
}

export interface MetricsServer {
  port: number;
  close(): Promise<void>;
}

/** Prometheus and a probe or two; who is slower than this is neither. */
const BOUNDS = { headersTimeout: 5_000, requestTimeout: 5_000, keepAliveTimeout: 5_000, maxHeaderSize: 8_192 };
const MOST_CONNECTIONS = 32;

/** Throws MLIP_E_PORT_IN_USE. */
export async function serveMetrics(registry: Registry, options: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer({ ...BOUNDS, connectionsCheckingInterval: 5_000 }, (request, response) => {
    answer(registry, options, request.url ?? '', response).catch((error: unknown) => {
      response.writeHead(500).end(messageOf(error));
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, options);
  // Metrics alone keep no process alive.
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    close: () => close(server),
  };
}

async function answer(
  registry: Registry,
  { trouble }: MetricsServerOptions,
  url: string,
  response: ServerResponse,
): Promise<void> {
  if (url === '/metrics') {
    const text = await registry.metrics();
    response.writeHead(200, { 'content-type': registry.contentType }).end(text);
  } else if (url === '/healthz') {
    const wrong = trouble?.() ?? null;
    response.writeHead(wrong === null ? 200 : 503, { 'content-type': 'text/plain' }).end(`${wrong ?? 'ok'}\n`);
  } else {
    response.writeHead(404).end();
  }
}

async function listen(server: Server, { port, host }: MetricsServerOptions): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (cause) {
    throw new MlipError('MLIP_E_PORT_IN_USE', `cannot serve metrics on ${host}:${port}: ${messageOf(cause)}`, {
      where: `${host}:${port}`,
      remedy: 'Choose another --metrics-port, or end the process that holds this one.',
      cause,
    });
  }
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
