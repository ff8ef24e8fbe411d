/**
 * Serves what a process lets others see: GET /metrics to Prometheus, GET /healthz and /readyz to whoever keeps the process, as
 * Kubernetes does. Unhealthy is a process that only a new one can replace; not ready is one that starts or ends.
 */
import { type Server, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { MlipError, messageOf } from '../core/errors.js';
import type { Watch } from './watch.js';

export interface MetricsServerOptions {
  /** 0 takes any that is free. */
  port: number;
  host: string;
}

export interface MetricsServer {
  port: number;
  close(): Promise<void>;
}

/** Prometheus and a probe or two; who is slower than this is neither. */
const BOUNDS = { headersTimeout: 5_000, requestTimeout: 5_000, keepAliveTimeout: 5_000, maxHeaderSize: 8_192 };
const MOST_CONNECTIONS = 32;

/** Serves where it is wanted, for as long as `work` takes. Rejects with MLIP_E_PORT_IN_USE before any of it is begun. */
export async function serving<T>(
  watch: Watch,
  { port, host }: { port: number | null; host: string },
  work: () => Promise<T>,
): Promise<T> {
  const server = port === null ? null : await serveMetrics(watch, { port, host });
  try {
    return await work();
  } finally {
    await server?.close();
  }
}

/** Throws MLIP_E_PORT_IN_USE. */
export async function serveMetrics(watch: Watch, options: MetricsServerOptions): Promise<MetricsServer> {
  const server = createServer({ ...BOUNDS, connectionsCheckingInterval: 5_000 }, (request, response) => {
    answer(watch, request.url ?? '', response).catch((error: unknown) => {
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

async function answer(watch: Watch, url: string, response: ServerResponse): Promise<void> {
  switch (url) {
    case '/metrics': {
      const text = await watch.metrics();
      response.writeHead(200, { 'content-type': watch.contentType }).end(text);
      return;
    }
    case '/healthz': {
      const trouble = watch.trouble();
      return say(response, trouble === null, trouble ?? 'ok');
    }
    case '/readyz':
      return say(response, watch.readiness.ready, watch.readiness.text);
    default:
      response.writeHead(404).end();
  }
}

function say(response: ServerResponse, well: boolean, text: string): void {
  response.writeHead(well ? 200 : 503, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
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
