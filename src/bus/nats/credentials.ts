/** Who a client says it is to a NATS server. */
import {
  credsAuthenticator,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
  type Authenticator,
} from '@nats-io/transport-node';
import { readFileSync } from 'node:fs';
import { MlipError } from '../../core/errors.js';
import type { NatsCredentials } from './options.js';

type Content = () => string;

/** Undefined where there are no credentials. What cannot be read or used is said now, not at the first connection. */
export function authenticatorOf(credentials: NatsCredentials): Authenticator | undefined {
  const ways = waysOf(credentials);
  if (ways.length > 1) {
    throw unusable(`there is more than one of ${ways.map(({ name }) => name).join(', ')}`, undefined);
  }
  return ways.at(0)?.authenticator;
}

function waysOf(credentials: NatsCredentials): { name: string; authenticator: Authenticator }[] {
  const { user, nkeyFile, credsFile } = credentials;
  const password = secret(credentials.password, credentials.passwordFile);
  const token = secret(credentials.token, credentials.tokenFile);
  if (user === undefined && password !== undefined) throw unusable('there is a password without a user', undefined);
  return [
    ...(user === undefined
      ? []
      : [{ name: 'a user', authenticator: usernamePasswordAuthenticator(user, password ?? ((): string => '')) }]),
    ...(token === undefined ? [] : [{ name: 'a token', authenticator: tokenAuthenticator(token) }]),
    ...(nkeyFile === undefined
      ? []
      : [
          {
            name: 'an NKey',
            authenticator: tried(nkeyFile, (seed) => nkeyAuthenticator(() => Buffer.from(seed().trim()))),
          },
        ]),
    ...(credsFile === undefined
      ? []
      : [
          {
            name: 'a creds file',
            authenticator: tried(credsFile, (creds) => credsAuthenticator(() => Buffer.from(creds()))),
          },
        ]),
  ];
}

function secret(text: string | undefined, file: string | undefined): Content | undefined {
  if (file !== undefined) return trimmed(contentOf(file));
  return text === undefined ? undefined : (): string => text;
}

const trimmed =
  (content: Content): Content =>
  () =>
    content().trim();

/** An authenticator that works on the content of a file, tried once. */
function tried(file: string, make: (content: Content) => Authenticator): Authenticator {
  const authenticator = make(contentOf(file));
  try {
    authenticator('nonce');
  } catch {
    // The library's message might quote the secret.
    throw unusable('the file of NATS credentials is malformed', file);
  }
  return authenticator;
}

/** Reads the file at each call, since credentials are renewed; keeps what was read last while it cannot be read. */
function contentOf(file: string): Content {
  let content = readSecret(file);
  return () => {
    try {
      content = readSecret(file);
    } catch {
      // It may just be being replaced.
    }
    return content;
  };
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw unusable('a file of NATS credentials cannot be read', file, cause);
  }
}

function unusable(message: string, where: string | undefined, cause?: unknown): MlipError {
  return new MlipError('MLIP_E_STORE_AUTH', message, {
    ...(where === undefined ? {} : { where }),
    remedy: 'Check the MLIP_NATS_* variables and the files that they name; give one kind of credentials.',
    cause,
  });
}
