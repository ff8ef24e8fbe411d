/** Runs the coordinator of one training run from its start to its end. */
import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { listCheckpoints } from '../checkpoint/checkpoint-directory.js';
import type { Config } from '../config/schema.js';
import { MlipError } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { watchParent } from '../core/parent.js';
import { microBatchCount } from '../core/plan.js';
import { serveMetrics } from '../metrics/server.js';
import { formatAddress } from '../rpc/address.js';
import { type RpcServer, serve } from '../rpc/server.js';
import type { RunOutcome } from './events.js';
import { keepInDirectory, readRecord } from './record-keeper.js';
import { type RunDirectory, lastStepIn, openRunDirectory } from './run-directory.js';
import type { RunRecord } from './run-record.js';
import { addService } from './service.js';
import { Shell } from './shell.js';
import type { RunSettings } from './state.js';
import { countPhrase } from './wording.js';

export interface CoordinatorOptions {
  /** Interface to listen on, and port; 0 takes any that is free. */
  host: string;
  port: number;
  /** Workers for which the run waits before it starts. */
  workers: number;
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
  /** Ends this process and leaves the run to the next one: workers keep their state, and look for it. */
  handOver?: AbortSignal;
  onListening?: (address: string) => void;
}

/** Time for workers and watchers to hear the end before they are cut off. */
const FAREWELL_MS = 2_000;

/**
 * Resolves when the run is over, also when it failed. Rejects if it could not begin (MLIP_E_PORT_IN_USE, MLIP_E_OUT_*,
 * MLIP_E_CONFIG_INVALID), and if another process is to go on with it (MLIP_E_HANDED_OVER, MLIP_E_LEASE_LOST).
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
  const out = resolve(options.out);
  const configJson = JSON.stringify(options.config);
  const configHash = createHash('sha256').update(configJson).digest('hex');
  const record = options.resume === null ? await unfinished(out, configHash, options.log) : null;
  const settings = settingsOf(options, { out, configJson, configHash, record });
  const { host, port, log } = options;
  const shell = new Shell({
    ...{ settings, record, keeper: keepInDirectory(out), log },
    findCheckpoint: () => newestCheckpoint(out),
  });
  await startMetrics(options, shell, onCleanup);
  const server = await serve(host, port, (grpc) => addService(grpc, shell));
  onCleanup(() => sayGoodbye(server, shell));
  const address = publicAddress(host, server.port);
  shell.open(address, openDirectory(options, settings, record, onCleanup));
  keepTime(shell, settings.timeouts.heartbeatMs, onCleanup);
  stopOnRequest(options, shell, onCleanup);
  handOverOnRequest(options, shell, onCleanup);
  log.info(`waiting for ${countPhrase(settings.workers, 'worker')} at ${address}`, { out });
  options.onListening?.(address);
  return shell;
}

/** The record of a run of this configuration whose coordinator ended before the run did: that run goes on. */
async function unfinished(out: string, configHash: string, log: Logger): Promise<RunRecord | null> {
  const record = await readRecord(out);
  if (record === null || record.ended || record.configHash !== configHash) return null;
  const step = Math.max(record.step, lastStepIn(out));
  log.warn(`the run in the output directory has lost its coordinator; it goes on`, { run: record.runId, step });
  return { ...record, step };
}

async function newestCheckpoint(out: string): Promise<{ step: number; path: string } | null> {
  const [newest] = await listCheckpoints(out);
  return newest ?? null;
}

function openDirectory(
  { configText }: CoordinatorOptions,
  { out, configJson, resume }: RunSettings,
  record: RunRecord | null,
  onCleanup: OnCleanup,
): RunDirectory {
  const resumeStep = record === null ? (resume?.step ?? null) : record.step;
  const directory = openRunDirectory({ out, configText, configJson, resumeStep });
  onCleanup(() => directory.close());
  return directory;
}

/** A year-to-second stamp and a random part, so that runs sort by their start. */
function newRunId(): string {
  const stamp = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `${stamp}-${randomBytes(3).toString('hex')}`;
}

interface RunIdentity {
  out: string;
  configJson: string;
  configHash: string;
  record: RunRecord | null;
}

function settingsOf({ config, workers, resume }: CoordinatorOptions, identity: RunIdentity): RunSettings {
  const { record, ...own } = identity;
  requireEnoughMicroBatches(workers, config);
  const { batchSize, microBatchSize, epochs, steps, checkpoint, timeouts, elastic, integrity } = config;
  return {
    ...{ ...own, runId: record?.runId ?? newRunId(), workers, resume: record === null ? resume : record.resume },
    ...{ batchSize, microBatchSize, epochs, steps, saveEverySteps: checkpoint.everySteps, timeouts, elastic },
    maxSkippedSteps: integrity.maxSkippedSteps,
  };
}

function requireEnoughMicroBatches(workers: number, config: Config): void {
  const microBatches = microBatchCount(config);
  if (workers <= microBatches) return;
  throw new MlipError('MLIP_E_CONFIG_INVALID', `${workers} workers cannot share ${microBatches} micro-batches a step`, {
    where: 'batchSize, microBatchSize',
    remedy: `Use at most ${microBatches} workers, a larger batchSize or a smaller microBatchSize.`,
  });
}

/** What other machines can connect to: a wildcard interface is reached by the machine's name. */
function publicAddress(host: string, port: number): string {
  return formatAddress(host === '0.0.0.0' || host === '::' ? hostname() : host, port);
}

async function startMetrics(
  { host, metricsPort }: CoordinatorOptions,
  shell: Shell,
  onCleanup: OnCleanup,
): Promise<void> {
  if (metricsPort === null) return;
  const server = await serveMetrics(shell.metrics.registry, { host, port: metricsPort });
  onCleanup(() => server.close());
}

/** Ticks several times between two heartbeats; pulses as often as workers do. */
function keepTime(shell: Shell, heartbeatMs: number, onCleanup: OnCleanup): void {
  const ticking = setInterval(() => shell.dispatch({ kind: 'tick' }), Math.max(heartbeatMs / 8, 5));
  const pulsing = setInterval(() => shell.pulse(), heartbeatMs);
  onCleanup(() => {
    clearInterval(ticking);
    clearInterval(pulsing);
  });
}

function stopOnRequest({ signal, supervised }: CoordinatorOptions, shell: Shell, onCleanup: OnCleanup): void {
  const stop = (): void => shell.dispatch({ kind: 'stop' });
  if (supervised) onCleanup(watchParent(stop));
  if (signal === undefined) return;
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  onCleanup(() => signal.removeEventListener('abort', stop));
}

function handOverOnRequest({ handOver }: CoordinatorOptions, shell: Shell, onCleanup: OnCleanup): void {
  if (handOver === undefined) return;
  const leave = (): void => shell.stopCommanding(handedOver());
  if (handOver.aborted) leave();
  handOver.addEventListener('abort', leave);
  onCleanup(() => handOver.removeEventListener('abort', leave));
}

function handedOver(): MlipError {
  return new MlipError('MLIP_E_HANDED_OVER', 'the coordinator was told to go; its workers wait for the next one', {
    remedy: 'Start it again with the same command.',
  });
}

async function sayGoodbye(server: RpcServer, shell: Shell): Promise<void> {
  shell.connections.closeAll();
  shell.feed.close();
  await server.close(FAREWELL_MS);
}
