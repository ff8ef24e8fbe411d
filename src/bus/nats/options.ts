/** How a NATS server is reached. Secrets come from files or the environment, never from a command line or an address. */
import { MlipError } from '../../core/errors.js';

export interface NatsOptions {
  /** HOST:PORT or nats://HOST:PORT or tls://HOST:PORT, several with commas in between. */
  readonly servers: string;
  readonly credentials?: NatsCredentials;
  readonly tls?: NatsTls;
  /** Before the names of streams, so that several deployments share a server. */
  readonly namespace?: string;
  /** Copies of what is newly made; by default 3 in a cluster, else 1. */
  readonly replicas?: number;
  /** How long an operation is tried again while the server is away. */
  readonly patienceMs?: number;
}

/** One of user, token, nkeyFile and credsFile. Files are read again at each connection. */
export interface NatsCredentials {
  readonly user?: string;
  readonly password?: string;
  readonly passwordFile?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  /** Holds the seed of an NKey. */
  readonly nkeyFile?: string;
  /** Holds a JWT and the seed of its NKey, as `nsc` writes it. */
  readonly credsFile?: string;
}

/** Files, in PEM; read again at each connection. */
export interface NatsTls {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** Credentials, TLS and replicas from MLIP_NATS_* variables. */
export function natsOptionsFrom(env: NodeJS.ProcessEnv): Omit<NatsOptions, 'servers'> {
  const credentials = {
    user: env['MLIP_NATS_USER'],
    password: env['MLIP_NATS_PASSWORD'],
    passwordFile: env['MLIP_NATS_PASSWORD_FILE'],
    token: env['MLIP_NATS_TOKEN'],
    tokenFile: env['MLIP_NATS_TOKEN_FILE'],
    nkeyFile: env['MLIP_NATS_NKEY_FILE'],
    credsFile: env['MLIP_NATS_CREDS_FILE'],
  };
  const tls = {
    caFile: env['MLIP_NATS_CA_FILE'],
    certFile: env['MLIP_NATS_CERT_FILE'],
    keyFile: env['MLIP_NATS_KEY_FILE'],
  };
  const replicas = env['MLIP_NATS_REPLICAS'];
  return {
    credentials,
    ...(Object.values(tls).some((file) => file !== undefined) ? { tls } : {}),
    ...(replicas === undefined ? {} : { replicas: countOf(replicas) }),
  };
}

/** HOST:PORT of each server, and whether the addresses ask for TLS. */
export function parseServers(servers: string): { addresses: string[]; tls: boolean } {
  const urls = servers.split(',').map((server) => parseServer(server.trim()));
  return {
    addresses: urls.map(({ hostname, port }) => `${hostname}:${port || '4222'}`),
    tls: urls.some(({ protocol }) => protocol === 'tls:'),
  };
}

function parseServer(server: string): URL {
  const text = server.includes('://') ? server : `nats://${server}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['nats:', 'tls:'].includes(url.protocol) || url.hostname === '' || url.pathname.length > 1) {
    throw badAddress('a NATS server is named by something else than HOST:PORT, nats://HOST:PORT or tls://HOST:PORT');
  }
  // The address itself is left out of the message.
  if (url.username !== '' || url.password !== '')
    throw badAddress('a NATS address carries credentials, which others can see');
  return url;
}

function badAddress(message: string): MlipError {
  return new MlipError('MLIP_E_STORE_ADDRESS', message, {
    remedy: 'Give addresses alone, with commas in between; credentials go into MLIP_NATS_* variables or files.',
  });
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 5) return count;
  throw new MlipError('MLIP_E_STORE_ADDRESS', `${JSON.stringify(text)} is no number of replicas`, {
    where: 'MLIP_NATS_REPLICAS',
    remedy: 'Use 1, 3 or 5.',
  });
}
