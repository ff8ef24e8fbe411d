/** Runs the coordinator of one training run from its start to its end. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { requireFreshDestination } from '../checkpoint/destination.js';
import type { Config } from '../config/schema.js';
import type { Logger } from '../core/log.js';
import { requirePlainPath } from '../core/plain-path.js';
import { exposeRefusals } from '../metrics/refused.js';
import { createCoordinatorMetrics } from '../metrics/coordinator-metrics.js';
import { CoordinatorWatch } from '../metrics/coordinator-watch.js';
import { formatAddress } from '../rpc/address.js';
import { type RpcServer, serve } from '../rpc/server.js';
import { defaultInterface } from '../security/binding.js';
import { Refusals } from '../security/refusals.js';
import type { RunToken } from '../security/run-token.js';
import { leaveToken } from '../security/token-source.js';
import type { TlsFiles } from '../security/tls-files.js';
import { type Cleanup, type OnCleanup, endAll } from './cleanups.js';
import { sayWhoGetsIn, serveOptions, tokenOfRun } from './doors.js';
import { openTracer } from '../tracing/open-tracer.js';
import { EventPublisher } from './event-publisher.js';
import type { RunOutcome } from './events.js';
import { type Requests, keepTime, leaveOnRequest, stopOnRequest } from './heeding.js';
import { archiveOf, closingOf, newestCheckpoint } from './keeping.js';
import { RUN_EVENTS, type RunLead, type SharedRun, takeLead } from './leadership.js';
import { RunLog } from './logs/run-log.js';
import { type RunDirectory, openRunDirectory } from './run-directory.js';
import type { RunRecord } from './run-record.js';
import { factsOf } from './run-facts.js';
import { configHashOf, runSettings } from './run-settings.js';
import { addService } from './service.js';
import { Shell } from './shell.js';
import { showLead, showStandingBy } from './shown-lead.js';
import type { RunSettings } from './state.js';
import { recordLastStep } from './unrecorded-step.js';
import { countPhrase } from './wording.js';

export interface CoordinatorOptions extends Requests {
  /** Interface to listen on; null takes all with TLS, and the loopback one without. */
  host: string | null;
  /** 0 takes any that is free. */
  port: number;
  /** A token that is null is that of the output directory, where a new one is made if there is none. */
  access: { token: RunToken | null; tls: TlsFiles | null };
  /** Workers for which the run waits before it starts. */
  workers: number;
  config: Config;
  /** Text of config.yaml. */
  configText: string;
  /** Null where no other coordinator stands by. */
  shared: SharedRun | null;
  /** Output directory; workers write checkpoints to it. */
  out: string;
  /** The submission that is carried out; none where the run is started by hand. */
  submission?: string;
  /** The checkpoint from which the run goes on; null starts from the beginning. */
  resume: { step: number; checkpoint: string } | null;
  /** Where this run shows how it is; it may outlive the run. */
  watch?: CoordinatorWatch;
  log: Logger;
  onListening?: (address: string) => void;
}

/** Time for workers and watchers to hear the end before they are cut off. */
const FAREWELL_MS = 2_000;

/**
 * Resolves when the run is over, also when it failed. Rejects if it could not begin (MLIP_E_PORT_IN_USE, MLIP_E_OUT_*,
 * MLIP_E_CONFIG_INVALID), and if another process is to go on with it (MLIP_E_HANDED_OVER, MLIP_E_LEASE_LOST).
 */
export async function runCoordinator({
  watch = new CoordinatorWatch(),
  ...options
}: CoordinatorOptions): Promise<RunOutcome> {
  const cleanups: Cleanup[] = [];
  try {
    const onCleanup: OnCleanup = (cleanup) => void cleanups.push(cleanup);
    const lead = await leadOrWait({ ...options, watch }, onCleanup);
    if (lead.over !== null) return lead.over;
    const shell = await startCoordinator({ ...options, watch }, lead, onCleanup);
    return await shell.ended;
  } finally {
    watch.readiness = { ready: false, text: 'ending' };
    const limits = { what: 'the run', limitMs: options.config.timeouts.stepMs };
    await watch.overdue.during(OVER, limits, () => endAll(cleanups, options.log));
  }
}

const OVER = AbortSignal.abort();

type Watched = CoordinatorOptions & { watch: CoordinatorWatch };

async function leadOrWait(options: Watched, onCleanup: OnCleanup): Promise<RunLead> {
  const { shared, config, submission = '', resume, port, log, signal, handOver, watch } = options;
  const address = port === 0 ? '' : publicAddress(interfaceOf(options), port);
  const lead = await takeLead({
    ...{ shared, out: resolve(requirePlainPath(options.out)), configHash: configHashOf(config), submission },
    ...{ address, log },
    ...{ leaseMs: config.timeouts.leaseMs, resume: resume !== null },
    signal: AbortSignal.any([signal, handOver].filter((given) => given !== undefined)),
    ...(shared !== null && { standsBy: () => showStandingBy(watch, shared) }),
  });
  onCleanup(() => lead.release());
  if (shared !== null) onCleanup(showLead(watch, shared, lead));
  return lead;
}

/** The port first, then the directory: a start that fails leaves the directory as it was. */
async function startCoordinator(
  given: Watched,
  { record, keeper, lost, announce }: RunLead,
  onCleanup: OnCleanup,
): Promise<Shell> {
  const { config, workers, submission = '', resume, shared, watch } = given;
  const host = interfaceOf(given);
  const out = resolve(given.out);
  const settings = runSettings({ config, out, workers, submission, resume, record });
  const runLog = new RunLog(settings.runId);
  const place: { of?: Shell } = {};
  const log = given.log.with(() => ({ run: settings.runId, ...place.of?.observer.whereabouts() })).also(runLog.take);
  const options = { ...given, log };
  const tracer = await openTracer('coordinator', log);
  onCleanup(() => tracer?.close(FAREWELL_MS));
  const publisher = await publisherOf(shared, log);
  if (record === null && resume === null) await requireFreshDestination(config.checkpoint.destination);
  const kept = { config, settings, record, shared, log };
  const archive = await archiveOf(kept);
  const shell = new Shell({
    ...{ settings, record, keeper, publisher, log, runLog, tracer },
    metrics: createCoordinatorMetrics(factsOf(settings, config, record)),
    onSaved: (step) => archive?.noteSaved(step),
    recordSaved: (checkpoint) => recordLastStep(checkpoint, directory, settings),
    async findCheckpoint() {
      const found = await newestCheckpoint(kept, archive);
      return found === null ? null : { ...found, recorded: await recordLastStep(found, directory, settings) };
    },
  });
  place.of = shell;
  onCleanup(() => publisher?.flush(FAREWELL_MS));
  onCleanup(closingOf(archive, shell.ended));
  onCleanup(() => runLog.close(FAREWELL_MS));
  const refusals = new Refusals(log);
  exposeRefusals(shell.metrics.registry, refusals);
  watch.show(shell.metrics);
  onCleanup(() => watch.forget());
  // Nobody is heard before the directory is open and its token known.
  let { token } = options.access;
  const opened = (): RunToken => token!;
  const server = await serve(serveOptions(options, host, opened, refusals), (grpc) => addService(grpc, shell));
  onCleanup(() => sayGoodbye(server, shell));
  const address = publicAddress(host, server.port);
  const directory = openDirectory(options, settings, record, onCleanup);
  if (token === null) token = tokenOfRun(out, log);
  else if (options.supervised) leaveToken(out, token);
  runLog.open(out, [token.reveal()], () => keeper.holds());
  if (record === null && resume !== null) {
    await recordLastStep({ step: resume.step, path: resume.checkpoint }, directory, settings);
  }
  await shell.open(address, directory);
  announce(address);
  keepTime(shell, settings.timeouts.heartbeatMs, onCleanup);
  stopOnRequest(options, shell, onCleanup);
  leaveOnRequest(options, lost, shell, onCleanup);
  sayWhoGetsIn(host, options, log);
  log.info(`waiting for ${countPhrase(settings.workers, 'worker')} at ${address}`, { out });
  watch.readiness = { ready: true, text: `leading run ${settings.runId}` };
  options.onListening?.(address);
  return shell;
}

async function publisherOf(shared: SharedRun | null, log: Logger): Promise<EventPublisher | null> {
  return shared === null ? null : new EventPublisher(await shared.store.events(RUN_EVENTS), log);
}

function openDirectory(
  { configText, shared }: CoordinatorOptions,
  { out, configJson, resume }: RunSettings,
  record: RunRecord | null,
  onCleanup: OnCleanup,
): RunDirectory {
  const resumeStep = record === null ? (resume?.step ?? null) : record.step;
  const directory = openRunDirectory({ out, configText, configJson, resumeStep, locked: shared === null });
  onCleanup(() => directory.close());
  return directory;
}

function interfaceOf({ host, access }: CoordinatorOptions): string {
  return host ?? defaultInterface(access.tls);
}

/** What other machines can connect to: a wildcard interface is reached by the machine's name. */
function publicAddress(host: string, port: number): string {
  return formatAddress(host === '0.0.0.0' || host === '::' ? hostname() : host, port);
}

async function sayGoodbye(server: RpcServer, shell: Shell): Promise<void> {
  shell.connections.closeAll();
  shell.chronicle.feed.close();
  shell.observer.close(shell.hasEnded);
  await server.close(FAREWELL_MS);
}
