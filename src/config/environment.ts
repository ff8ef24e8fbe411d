/**
 * `MLIP_*` environment variables as configuration: `optimizer.learningRate` is MLIP_OPTIMIZER__LEARNING_RATE.
 */
import { configKeys, findKey } from './keys.js';
import type { Assignment } from './origin.js';
import { parseScalar } from './scalar.js';
import { didYouMean } from './suggest.js';

const PREFIX = 'MLIP_';

/** Variables that mlip reads for other things than the configuration. */
export const RESERVED_VARIABLES: Readonly<Record<string, string>> = {
  MLIP_LIBTENSORFLOW: 'directory of an existing TensorFlow library, instead of provisioning one',
  MLIP_CACHE_DIR: 'where the engine and compiled programmes are kept, instead of the user’s cache directory',
  MLIP_TOKEN: 'the token of the run, for coordinators and workers; docs/security.md',
  MLIP_TLS_CA: 'file of the authorities whose certificates are trusted',
  MLIP_TLS_CERT: 'file of the own certificate',
  MLIP_TLS_KEY: 'file of its private key',
  MLIP_LOG: 'json writes log lines as JSON',
  MLIP_GOLDEN: 'a further directory of golden files, for the golden test',
  MLIP_S3_ENDPOINT:
    'address of a store that speaks S3’s protocol, for checkpoint.destination; Amazon’s where it is not set',
  MLIP_NATS_USER:
    'user for the NATS server of --nats; its password in MLIP_NATS_PASSWORD or in the file MLIP_NATS_PASSWORD_FILE',
  MLIP_NATS_PASSWORD: 'password of MLIP_NATS_USER',
  MLIP_NATS_PASSWORD_FILE: 'file with the password of MLIP_NATS_USER',
  MLIP_NATS_TOKEN: 'token for the NATS server',
  MLIP_NATS_TOKEN_FILE: 'file with the token for the NATS server',
  MLIP_NATS_NKEY_FILE: 'file with the seed of an NKey for the NATS server',
  MLIP_NATS_CREDS_FILE: 'creds file (JWT and seed) for the NATS server',
  MLIP_NATS_CA_FILE: 'certificates of authorities, in PEM, that the NATS server must be known to',
  MLIP_NATS_CERT_FILE: 'certificate of this client, in PEM, for the NATS server',
  MLIP_NATS_KEY_FILE: 'key of MLIP_NATS_CERT_FILE',
  MLIP_NATS_REPLICAS: 'copies of what is newly made on NATS: 1, 3 or 5; by default 3 in a cluster, else 1',
  MLIP_NATS_SERVER: 'a nats-server for the tests, instead of that of the PATH or a built one',
  MLIP_PYTHON: 'Python with torch, timm, transformers and torchvision, for the tests that exchange weights with them',
};

/** The variable of a key, e.g. `data.maxPieces` -> `MLIP_DATA__MAX_PIECES`. */
export function variableOf(path: string): string {
  const parts = path.split('.').map((part) => part.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase());
  return PREFIX + parts.join('__');
}

export interface EnvironmentSource {
  assignments: Assignment[];
  /** One for each `MLIP_*` variable that is no key. No errors: Kubernetes makes such names itself from service names. */
  warnings: string[];
}

const pathOf = new Map(configKeys.map(({ path }) => [variableOf(path), path]));

export function readEnvironment(env: NodeJS.ProcessEnv): EnvironmentSource {
  const names = Object.keys(env).filter((name) => name.startsWith(PREFIX) && !(name in RESERVED_VARIABLES));
  const known = names.filter((name) => pathOf.has(name));
  return {
    assignments: known.map((name) => assign(name, pathOf.get(name)!, env[name] ?? '')),
    warnings: names.filter((name) => !pathOf.has(name)).map(warning),
  };
}

function assign(name: string, path: string, text: string): Assignment {
  const value = findKey(path)!.isText ? text : parseScalar(text);
  return { path, value, origin: { kind: 'environment', name } };
}

function warning(name: string): string {
  const guess = didYouMean(name, [...pathOf.keys(), ...Object.keys(RESERVED_VARIABLES)]);
  return `the environment variable ${name} is ignored: it is no configuration key. ${guess}`.trimEnd();
}
