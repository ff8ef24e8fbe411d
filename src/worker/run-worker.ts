/** A worker of a run, from joining to the end. */
import { listen, type PeerListener } from '../collectives/listener.js';
import { MlipError } from '../core/errors.js';
import { linkedSignal } from '../core/linked-signal.js';
import type { Logger } from '../core/log.js';
import { loadDataset, type Dataset } from '../data/dataset.js';
import { requireBatch } from '../data/usable.js';
import { loadEngine, type Engine } from '../engine/load.js';
import { followGpuMemory } from '../metrics/gpu-memory.js';
import { instrumentsOf } from '../metrics/instruments.js';
import { exposeRefusals } from '../metrics/refused.js';
import { serving } from '../metrics/server.js';
import { Watch } from '../metrics/watch.js';
import { createWorkerMetrics, type WorkerMetrics } from '../metrics/worker-metrics.js';
import type { Access } from '../security/access.js';
import { Refusals } from '../security/refusals.js';
import { Checkpointer } from './checkpointer.js';
import { splitAddress } from '../rpc/address.js';
import { leaveOn } from './drain.js';
import { serveGenerations } from './generations.js';
import { interfaceFor, ownHost } from './own-address.js';
import { loadKnowledge } from './knowledge.js';
import { createPasses } from './passes.js';
import { vocabularyOf } from './saved-state.js';
import { joinRun, type FindCoordinator, type Session } from './session.js';
import { warmUp } from './warm-up.js';
import { WorkerObserver } from './worker-observer.js';
import type { WorkerParts } from './worker-parts.js';
import { WorkerRun, type WorkerEnd } from './worker-run.js';

export type { WorkerEnd } from './worker-run.js';
export { fixedAddresses, type FindCoordinator } from './session.js';

export interface WorkerOptions {
  /** Where coordinators may be found. */
  find: FindCoordinator;
  /** Where other workers reach this one, with a port where that is another than it listens on; else see `ownHost`. */
  host?: string | undefined;
  /** Where it listens for them; any free port where it is not given. */
  listenPort?: number | undefined;
  /** What lets this worker in. */
  access: Access;
  /** Threads of one operation; engine.threads of the configuration where it is not given. */
  threads?: number | undefined;
  /** Manifest on this machine, where its path differs from the coordinator's. */
  data?: string | undefined;
  /** null serves no metrics; 0 takes any port. */
  metricsPort: number | null;
  /** Where it serves them; where it listens for other workers by default. */
  metricsHost?: string | undefined;
  log: Logger;
  /** Ends the run with a checkpoint. */
  signal?: AbortSignal | undefined;
  /** Lets this worker go, while the run goes on. */
  leave?: AbortSignal | undefined;
}

/** Resolves when the run has ended well or on request, or this worker was let off. Rejects with the first cause otherwise. */
export async function runWorker(options: WorkerOptions): Promise<WorkerEnd> {
  const { signal, leave } = options;
  const toldToGo = linkedSignal(leave);
  signal?.addEventListener('abort', toldToGo.abort);
  if (signal?.aborted) toldToGo.abort();
  try {
    return await joinAndTakePart(options, toldToGo.signal);
  } catch (error) {
    if (signal?.aborted && error === toldToGo.signal.reason) throw interrupted();
    if (leave?.aborted && error === toldToGo.signal.reason) return 'left';
    throw error;
  } finally {
    toldToGo.release();
    signal?.removeEventListener('abort', toldToGo.abort);
  }
}

/** Who looks at it, and where it shows how it is. */
interface Watched extends WorkerOptions {
  observer: WorkerObserver;
  watch: Watch;
}

/** Rejects with the reason of `toldToGo` if that is aborted before it has joined. */
async function joinAndTakePart(given: WorkerOptions, toldToGo: AbortSignal): Promise<WorkerEnd> {
  const observer = await WorkerObserver.open(given.log);
  const options = { ...given, log: observer.log, observer, watch: new Watch('worker') };
  const address = splitAddress(await ownHost({ ...options, signal: toldToGo }));
  const metricsPlace = { port: options.metricsPort, host: options.metricsHost ?? interfaceFor(address.host) };
  return serving(options.watch, metricsPlace, () => joinAt(address, options, toldToGo));
}

interface OwnAddress {
  host: string;
  /** Undefined: that on which it listens. */
  port: number | undefined;
}

async function joinAt({ host, port }: OwnAddress, options: Watched, toldToGo: AbortSignal): Promise<WorkerEnd> {
  const { find, access, log, watch, observer } = options;
  watch.readiness = { ready: false, text: 'looking for the coordinator' };
  const refusals = new Refusals(log);
  const own = { host: interfaceFor(host), port: options.listenPort };
  const listener = await listen({ ...own, tls: access.tls, refusals });
  try {
    const about = { host, listenPort: port ?? listener.port, pid: process.pid, device: deviceLabel() };
    const session = await joinRun({ ...about, find, access, log, signal: toldToGo });
    observer.join(session);
    return await takePart(options, session, listener, refusals);
  } finally {
    watch.readiness = { ready: false, text: 'ending' };
    await listener.close();
    await observer.close();
  }
}

/** As the coordinator lists it, before the engine is loaded. */
function deviceLabel(): string {
  const gpus = process.env['CUDA_VISIBLE_DEVICES'] ?? '';
  return gpus === '' || gpus === '-1' ? 'cpu' : `gpu ${gpus}`;
}

/** The step under way, the coordinator's last word and the last checkpoint: each has the time of a step. */
const ENDS_WITHIN_STEPS = 3;

async function takePart(
  options: Watched,
  session: Session,
  listener: PeerListener,
  refusals: Refusals,
): Promise<WorkerEnd> {
  const { watch } = options;
  const { worker, runId, ended, config } = session;
  const metrics = createWorkerMetrics(worker, runId);
  exposeRefusals(metrics.registry, refusals);
  session.observe(metrics);
  watch.show(metrics);
  watch.readiness = { ready: true, text: `worker ${worker} of run ${runId}` };
  const run = new WorkerRun(session);
  const interrupt = (): void => run.fail(interrupted());
  options.signal?.addEventListener('abort', interrupt, { once: true });
  const stayTillEnd = leaveOn(options.leave, session, options.log);
  try {
    const limits = { what: 'the run', limitMs: ENDS_WITHIN_STEPS * config.timeouts.stepMs };
    const work = () => run.work(() => train(options, session, listener, metrics, run));
    return await watch.overdue.during(ended, limits, work);
  } finally {
    stayTillEnd();
    options.signal?.removeEventListener('abort', interrupt);
  }
}

/** Gets everything ready, then takes part in generations until the end. */
async function train(
  options: Watched,
  session: Session,
  listener: PeerListener,
  metrics: WorkerMetrics,
  run: WorkerRun,
): Promise<void> {
  const { log, observer } = options;
  const { whereabouts } = observer;
  const parts = await load(options, session, listener, metrics);
  run.canSave(parts);
  whereabouts.stage = 'compiles its passes';
  await warmUp(parts);
  session.ended.throwIfAborted();
  whereabouts.stage = 'takes part, or waits for an order';
  session.ready({ rows: parts.dataset.train.length, dataHash: parts.dataHash });
  const { device, threads, tensorFlowVersion: tensorFlow } = parts.engine;
  log.info('ready to train', { device, threads, tensorFlow });
  const unfollow = followGpus(parts);
  try {
    await serveGenerations(parts);
  } finally {
    unfollow();
    parts.loader?.close();
  }
}

function followGpus({ engine, metrics, log }: WorkerParts): () => void {
  if (!engine.device.includes('GPU')) return () => undefined;
  return followGpuMemory(instrumentsOf(metrics.registry), process.env['CUDA_VISIBLE_DEVICES']?.split(','), log);
}

async function load(
  options: Watched,
  session: Session,
  listener: PeerListener,
  metrics: WorkerMetrics,
): Promise<WorkerParts> {
  const { config, ended } = session;
  const { whereabouts, timeline, stepped } = options.observer;
  whereabouts.stage = 'loads its engine';
  const engine = await loadEngine({ ...config.engine, threads: options.threads ?? config.engine.threads });
  ended.throwIfAborted();
  whereabouts.stage = 'reads its data';
  const dataset = await readData(options, session);
  const knowledge = await loadKnowledge(config, dataset);
  ended.throwIfAborted();
  const passes = createPasses(engine, config);
  const dataHash = dataset.hash + knowledge.hash;
  const checkpointer = checkpointerOf(session, engine, dataset, options.log, metrics);
  return {
    ...{ session, listener, engine, dataset, knowledge, dataHash, passes, metrics, checkpointer },
    ...{ access: options.access, log: options.log, whereabouts, timeline, stepped },
    ...{ overdue: options.watch.overdue, world: 1 },
  };
}

/** Tells the coordinator of each checkpoint that is on disk, or could not be written. */
export function checkpointerOf(
  session: Session,
  engine: Engine,
  { vocabulary }: Dataset,
  log: Logger,
  metrics: Pick<WorkerMetrics, 'saved'>,
): Checkpointer {
  const { config, out, runId } = session;
  return new Checkpointer({
    ...{ engine, config, out, runId, vocabulary, log },
    onSaved({ step, path }, seconds) {
      metrics.saved(seconds);
      session.saved(step, path);
    },
    onFailed(step, error) {
      log.error(`no checkpoint of step ${step}: ${error.message}`, { code: error.code });
      session.saveFailed(step, error);
    },
  });
}

async function readData({ data, log }: WorkerOptions, { config, checkpoint }: Session): Promise<Dataset> {
  const manifest = data ?? config.data.manifest;
  const known = checkpoint === '' ? undefined : await vocabularyOf(checkpoint);
  const dataset = await loadDataset({ data: { ...config.data, manifest } }, log, known);
  requireBatch(dataset.train.length, config.batchSize, manifest);
  return dataset;
}

function interrupted(): MlipError {
  return new MlipError('MLIP_E_INTERRUPTED', 'this worker was asked to stop');
}
