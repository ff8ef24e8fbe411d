/** Opens the connection to NATS servers. */
import { connect, errors, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import { MlipError, messageOf } from '../../core/errors.js';
import { startElapsed } from '../elapsed.js';
import { pause } from '../pause.js';
import { authenticatorOf } from './credentials.js';
import { isRefusal, isTls, storeError } from './failures.js';
import { Link } from './link.js';
import { parseServers, type NatsOptions } from './options.js';
import { wantsClientCertificate } from './server-info.js';
import { tlsOptions } from './tls.js';

const PATIENCE_MS = 30_000;
const CONNECT_MS = 5000;
const RETRY_MS = 250;

/** Fails at once where the server refuses, and after `patienceMs` where there is none. */
export async function connectNats(options: NatsOptions): Promise<Link> {
  const { namespace = 'mlip', patienceMs = PATIENCE_MS } = options;
  const { addresses } = parseServers(options.servers);
  const where = `nats://${addresses.join(',')}`;
  const connection = await connectWithin(patienceMs, where, connectionOptions(options));
  const link = new Link(connection, {
    where,
    namespace,
    patienceMs,
    replicas: options.replicas ?? replicasFor(connection),
  });
  try {
    requireJetStream(connection, where);
    await link.prepare();
    return link;
  } catch (error) {
    await link.close();
    throw error;
  }
}

function connectionOptions({ servers, credentials = {}, tls }: NatsOptions): ConnectionOptions {
  const { addresses, tls: wantsTls } = parseServers(servers);
  const authenticator = authenticatorOf(credentials);
  return {
    servers: addresses,
    name: `mlip ${process.pid}`,
    ...(authenticator === undefined ? {} : { authenticator }),
    ...(tls !== undefined || wantsTls ? { tls: tlsOptions(tls ?? {}, addresses) } : {}),
    timeout: CONNECT_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RETRY_MS,
    reconnectJitter: RETRY_MS / 2,
    reconnectJitterTLS: RETRY_MS / 2,
    // Credentials are renewed, and so may be what a restarted server knows of them.
    ignoreAuthErrorAbort: true,
    pingInterval: 3000,
    maxPingOut: 2,
  };
}

async function connectWithin(patienceMs: number, where: string, options: ConnectionOptions): Promise<NatsConnection> {
  const elapsed = startElapsed();
  for (;;) {
    try {
      return await connect(options);
    } catch (error) {
      if (isRefusal(error) || isTls(error)) throw storeError(where, error);
      if (await isCertificateRefused(error, options)) throw refusedCertificate(where, error);
      if (elapsed() >= patienceMs) throw unreachable(where, patienceMs, error);
    }
    await pause(RETRY_MS);
  }
}

async function isCertificateRefused(error: unknown, { tls, servers }: ConnectionOptions): Promise<boolean> {
  return tls != null && error instanceof errors.TimeoutError && wantsClientCertificate(servers as string[]);
}

/** In a cluster what is stored survives the loss of a server. */
function replicasFor({ info }: NatsConnection): number {
  return info?.cluster === undefined ? 1 : 3;
}

function requireJetStream({ info }: NatsConnection, where: string): void {
  // Of a cluster, another server may have it.
  if (info?.jetstream === true || info?.cluster !== undefined) return;
  throw new MlipError('MLIP_E_STORE_UNSUPPORTED', 'the NATS server runs without JetStream', {
    where,
    remedy: 'Start nats-server with -js or a jetstream section in its configuration.',
  });
}

function refusedCertificate(where: string, cause: unknown): MlipError {
  return new MlipError(
    'MLIP_E_STORE_TLS',
    'the NATS server wants a certificate of its clients, and takes none of ours',
    {
      where,
      remedy: 'Check MLIP_NATS_CERT_FILE and MLIP_NATS_KEY_FILE: the log of the server says why.',
      cause,
    },
  );
}

function unreachable(where: string, patienceMs: number, cause: unknown): MlipError {
  return new MlipError(
    'MLIP_E_STORE_UNREACHABLE',
    `no NATS server answers within ${patienceMs} ms: ${messageOf(cause)}`,
    {
      where,
      remedy: 'Check the address, that the server runs, and that the network lets this machine reach it.',
      cause,
    },
  );
}
