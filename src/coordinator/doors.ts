/** Who gets into a run, and what those who are in may send. */
import type { Config } from '../config/schema.js';
import type { Logger } from '../core/log.js';
import { microBatchCount } from '../core/plan.js';
import { DEFAULT_LIMITS, type ServerLimits } from '../rpc/call-rules.js';
import type { ServeOptions } from '../rpc/server.js';
import { isLoopback } from '../security/binding.js';
import type { Refusals } from '../security/refusals.js';
import type { RunToken } from '../security/run-token.js';
import type { TlsFiles } from '../security/tls-files.js';
import { tokenOfDirectory } from '../security/token-source.js';
import { writing } from './output-directory.js';

/** Of the coordinator's options, those that decide who gets in. */
export interface DoorOptions {
  /** As it was asked for; null where it was not. */
  host: string | null;
  port: number;
  access: { token: RunToken | null; tls: TlsFiles | null };
  out: string;
  config: Pick<Config, 'batchSize' | 'microBatchSize' | 'timeouts'>;
}

/** Beyond the run's own deadlines, whose errors say more. */
const MARGIN_MS = 60_000;
const MARGIN_CALLS = 64;

export function serveOptions(
  { port, access, out, config }: DoorOptions,
  host: string,
  token: () => RunToken,
  refusals: Refusals,
): ServeOptions {
  return { host, port, token, tls: access.tls, refusals, limits: limitsOf(config), outputRoot: () => out };
}

/**
 * A rank's rows must come within a step's deadline; the answer waits for all ranks. No more workers take part than there
 * are micro-batches, but those of an older generation may still be leaving.
 */
function limitsOf(config: DoorOptions['config']): ServerLimits {
  const { stepMs, dataMs } = config.timeouts;
  const most = 4 * microBatchCount(config) + MARGIN_CALLS;
  const { session, gather, ...others } = DEFAULT_LIMITS;
  const times = { uploadMs: stepMs, wholeMs: 2 * (stepMs + dataMs) + MARGIN_MS };
  return { ...others, session: { ...session, most }, gather: { ...gather, most, ...times } };
}

/** The token that an earlier coordinator of this directory made, or a new one: its path is said, never its value. */
export function tokenOfRun(out: string, log: Logger): RunToken {
  const { token, path, created } = writing(out, () => tokenOfDirectory(out, log));
  log.info(`workers need the token ${created ? 'that was made in' : 'of'} ${path}: --token-file, or MLIP_TOKEN`);
  return token;
}

export function sayWhoGetsIn(host: string, { host: asked, access }: DoorOptions, log: Logger): void {
  if (access.tls !== null) return log.info('certificates are asked for and shown, and so is the run token');
  if (!isLoopback(host)) {
    return log.warn(
      'without TLS the network sees everything, the run token too: use --tls-ca, --tls-cert and --tls-key',
    );
  }
  if (asked === null) {
    log.info('without TLS only this machine is listened to; --host lets others in, --tls-ca and so on protect that');
  }
}
