/** The secrets that an archive about a run must not hold, as far as they can be known here. */
import { readFileSync } from 'node:fs';
import { TOKEN_VARIABLE, tokenFileOf } from '../../security/token-source.js';
import { secretsOfEnvironment } from '../../security/redact.js';
import type { RunChoice } from '../status/find-run.js';

/** Variables that name files with secrets. */
const SECRET_FILES = ['MLIP_NATS_PASSWORD_FILE', 'MLIP_NATS_TOKEN_FILE', 'MLIP_NATS_NKEY_FILE'];

/** To be asked before the run's token is taken out of the environment. */
export function knownSecrets(out: string | undefined, { tokenFile }: RunChoice): string[] {
  const files = [...SECRET_FILES.map((name) => process.env[name]), tokenFile, out && tokenFileOf(out)];
  const read = files.filter((path) => path !== undefined && path !== '').map((path) => textOf(path!));
  const given = [process.env[TOKEN_VARIABLE] ?? '', ...read, ...secretsOfEnvironment(process.env)];
  return [...new Set(given.filter((secret) => secret !== ''))];
}

/** Empty where it cannot be read: then it cannot get into an archive either. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
