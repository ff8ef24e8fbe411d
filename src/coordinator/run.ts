/** Runs the coordinator of one training run from its start to its end. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { Config } from '../config/schema.js';
import { MlipError } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { watchParent } from '../core/parent.js';
import { microBatchCount } from '../core/plan.js';
import { exposeRefusals } from '../metrics/refused.js';
import { serveMetrics } from '../metrics/server.js';
import { formatAddress } from '../rpc/address.js';
import { type RpcServer, serve } from '../rpc/server.js';
import { defaultInterface } from '../security/binding.js';
import { Refusals } from '../security/refusals.js';
import type { RunToken } from '../security/run-token.js';
import type { TlsFiles } from '../security/tls-files.js';
import { sayWhoGetsIn, serveOptions, tokenOfRun } from './doors.js';
import type { RunOutcome } from './events.js';
import { type RunDirectory, openRunDirectory } from './run-directory.js';
import { addService } from './service.js';
import { Shell } from './shell.js';
import type { RunSettings } from './state.js';
import { countPhrase } from './wording.js';

export interface CoordinatorOptions {
  /** Interface to listen on; null takes all with TLS, and the loopback one without. */
  host: string | null;
  /** 0 takes any that is free. */
  port: number;
  /** A token that is null is that of the output directory, where a new one is made if there is none. */
  access: { token: RunToken | null; tls: TlsFiles | null };
  /** Workers of the run. */
  world: number;
  config: Config;
  /** Text of config.yaml. */
  configText: string;
  /** Output directory; workers write checkpoints to it. */
  out: string;
  /** The checkpoint from which the run goes on; null starts from the beginning. */
  resume: { step: number; checkpoint: string } | null;
  /** null serves no metrics; 0 takes any port. */
  metricsPort: number | null;
  /** Started by a launcher with a pipe on stdin: ends when the launcher is gone. */
  supervised: boolean;
  log: Logger;
  /** Stops the run after the step under way, with a checkpoint. */
  signal?: AbortSignal;
  onListening?: (address: string) => void;
}

/** Time for workers and watchers to hear the end before they are cut off. */
const FAREWELL_MS = 2_000;

/**
 * Resolves when the run is over, also when it failed. Rejects if it could not begin: MLIP_E_PORT_IN_USE, MLIP_E_OUT_*,
 * MLIP_E_CONFIG_INVALID.
 */
export async function runCoordinator(options: CoordinatorOptions): Promise<RunOutcome> {
  const cleanups: (() => void | Promise<void>)[] = [];
  try {
    const shell = await startCoordinator(options, (cleanup) => cleanups.unshift(cleanup));
    return await shell.ended;
  } finally {
    for (const cleanup of cleanups) await cleanup();
  }
}

/** What was begun last is ended first. */
type OnCleanup = (cleanup: () => void | Promise<void>) => void;

/** Ports first, then the directory: a start that fails leaves the directory as it was. */
async function startCoordinator(options: CoordinatorOptions, onCleanup: OnCleanup): Promise<Shell> {
  const settings = settingsOf(options);
  const { log } = options;
  const host = options.host ?? defaultInterface(options.access.tls);
  const shell = new Shell(settings, log);
  const refusals = new Refusals(log);
  exposeRefusals(shell.metrics.registry, refusals);
  await startMetrics({ ...options, host }, shell, onCleanup);
  // Nobody is heard before the directory is open and its token known.
  let { token } = options.access;
  const opened = (): RunToken => token!;
  const server = await serve(serveOptions(options, host, opened, refusals), (grpc) => addService(grpc, shell));
  onCleanup(() => sayGoodbye(server, shell));
  const address = publicAddress(host, server.port);
  const directory = openDirectory(options, settings, onCleanup);
  token ??= tokenOfRun(settings.out, log);
  shell.open(address, directory);
  keepTime(shell, settings.timeouts.heartbeatMs, onCleanup);
  stopOnRequest(options, shell, onCleanup);
  sayWhoGetsIn(host, options, log);
  log.info(`waiting for ${countPhrase(settings.world, 'worker')} at ${address}`, { out: settings.out });
  options.onListening?.(address);
  return shell;
}

function openDirectory({ configText }: CoordinatorOptions, settings: RunSettings, onCleanup: OnCleanup): RunDirectory {
  const { out, configJson, resume } = settings;
  const directory = openRunDirectory({ out, configText, configJson, resumeStep: resume?.step ?? null });
  onCleanup(() => directory.close());
  return directory;
}

/** A year-to-second stamp and a random part, so that runs sort by their start. */
function newRunId(): string {
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `${stamp}-${randomBytes(3).toString('hex')}`;
}

function settingsOf({ config, world, out, resume }: CoordinatorOptions): RunSettings {
  const microBatches = microBatchCount(config);
  if (world > microBatches) {
    throw new MlipError('MLIP_E_CONFIG_INVALID', `${world} workers cannot share ${microBatches} micro-batches a step`, {
      where: 'batchSize, microBatchSize',
      remedy: `Use at most ${microBatches} workers, a larger batchSize or a smaller microBatchSize.`,
    });
  }
  const { batchSize, microBatchSize, epochs, steps, checkpoint, timeouts } = config;
  return {
    ...{ runId: newRunId(), out: resolve(out), world, configJson: JSON.stringify(config), resume },
    ...{ batchSize, microBatchSize, epochs, steps, saveEverySteps: checkpoint.everySteps, timeouts },
  };
}

/** What other machines can connect to: a wildcard interface is reached by the machine's name. */
function publicAddress(host: string, port: number): string {
  return formatAddress(host === '0.0.0.0' || host === '::' ? hostname() : host, port);
}

async function startMetrics(
  { host, metricsPort }: { host: string; metricsPort: number | null },
  shell: Shell,
  onCleanup: OnCleanup,
): Promise<void> {
  if (metricsPort === null) return;
  const server = await serveMetrics(shell.metrics.registry, { host, port: metricsPort });
  onCleanup(() => server.close());
}

/** Ticks several times between two heartbeats. */
function keepTime(shell: Shell, heartbeatMs: number, onCleanup: OnCleanup): void {
  const timer = setInterval(() => shell.dispatch({ kind: 'tick' }), Math.max(heartbeatMs / 8, 5));
  onCleanup(() => clearInterval(timer));
}

function stopOnRequest({ signal, supervised }: CoordinatorOptions, shell: Shell, onCleanup: OnCleanup): void {
  const stop = (): void => shell.dispatch({ kind: 'stop' });
  if (supervised) onCleanup(watchParent(stop));
  if (signal === undefined) return;
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  onCleanup(() => signal.removeEventListener('abort', stop));
}

async function sayGoodbye(server: RpcServer, shell: Shell): Promise<void> {
  shell.connections.closeAll();
  shell.feed.close();
  await server.close(FAREWELL_MS);
}
