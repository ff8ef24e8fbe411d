/** Options by which a command is let into a run: its token, and certificates. */
import { type Command, Option } from 'commander';
import { MlipError } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import type { Access } from '../security/access.js';
import type { RunToken } from '../security/run-token.js';
import { TlsFiles } from '../security/tls-files.js';
import { TOKEN_VARIABLE, findToken, requireToken } from '../security/token-source.js';

export interface TlsOptions {
  tlsCa?: string;
  tlsCert?: string;
  tlsKey?: string;
}

export interface AccessOptions extends TlsOptions {
  tokenFile?: string;
}

/** A child gets its secret and its certificates by these variables, never by arguments, which `ps` shows to everybody. */
export const TLS_VARIABLES = { caFile: 'MLIP_TLS_CA', certFile: 'MLIP_TLS_CERT', keyFile: 'MLIP_TLS_KEY' } as const;

export function addTlsOptions(command: Command): Command {
  return command
    .addOption(new Option('--tls-ca <file>', 'authorities whose certificates are trusted').env(TLS_VARIABLES.caFile))
    .addOption(new Option('--tls-cert <file>', 'own certificate; reloaded when renewed').env(TLS_VARIABLES.certFile))
    .addOption(new Option('--tls-key <file>', 'private key of the certificate').env(TLS_VARIABLES.keyFile));
}

/** @param otherwise what happens without a token */
export function addAccessOptions(command: Command, otherwise: string): Command {
  const text = `file with the token of the run; ${TOKEN_VARIABLE} by default, ${otherwise}`;
  return addTlsOptions(command.option('--token-file <file>', text));
}

/** Null without TLS. Throws MLIP_E_USAGE, MLIP_E_TLS_FILES, MLIP_E_TLS_CERTIFICATE. */
export function tlsOf({ tlsCa, tlsCert, tlsKey }: TlsOptions, log: Logger): TlsFiles | null {
  const given = [tlsCa, tlsCert, tlsKey].filter(Boolean).length;
  if (given === 0) return null;
  if (!tlsCa || !tlsCert || !tlsKey) {
    throw new MlipError('MLIP_E_USAGE', '--tls-ca, --tls-cert and --tls-key belong together', {
      remedy: `Give all three, or none; ${Object.values(TLS_VARIABLES).join(', ')} count as well.`,
    });
  }
  return new TlsFiles({ caFile: tlsCa, certFile: tlsCert, keyFile: tlsKey }, log);
}

/** Of a command that joins a run. Throws MLIP_E_TOKEN_MISSING and what `tlsOf` throws. */
export function accessOf(options: AccessOptions, log: Logger): Access {
  const token = taken(() => requireToken(options.tokenFile, process.env, log));
  return { token, tls: tlsOf(options, log) };
}

/** Of a coordinator, which makes a token where none is given. */
export function ownAccessOf(options: AccessOptions, log: Logger): { token: RunToken | null; tls: TlsFiles | null } {
  const token = taken(() => findToken(options.tokenFile, process.env, log));
  return { token, tls: tlsOf(options, log) };
}

/** Processes that this one starts are none of the run: they do not inherit its token. */
function taken<T>(take: () => T): T {
  try {
    return take();
  } finally {
    delete process.env[TOKEN_VARIABLE];
  }
}

/** What a child of a launcher needs to be let in. */
export function accessEnvironment({ token, tls }: Access): NodeJS.ProcessEnv {
  const files = Object.entries(TLS_VARIABLES) as [keyof typeof TLS_VARIABLES, string][];
  return {
    [TOKEN_VARIABLE]: token.reveal(),
    ...Object.fromEntries(files.map(([file, variable]) => [variable, tls?.names[file] ?? ''])),
  };
}
