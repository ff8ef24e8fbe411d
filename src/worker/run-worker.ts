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
import { openTracer } from '../tracing/open-tracer.js';
import type { StepTracer } from '../tracing/step-tracer.js';
import { Checkpointer } from './checkpointer.js';
import { splitAddress } from '../rpc/address.js';
import { leaveOn } from './drain.js';
import { serveGenerations } from './generations.js';
import { interfaceFor, ownHost } from './own-address.js';
import { loadKnowledge } from './knowledge.js';
import { LogForwarder } from './log-forwarder.js';
import { createPasses } from './passes.js';
import { vocabularyOf } from './saved-state.js';
import { joinRun, type FindCoordinator, type Session } from './session.js';
import { StepTimeline } from './step-timeline.js';
import { TimingsTeller } from './tell-timings.js';
import { tracedStep } from './traced-step.js';
import { warmUp } from './warm-up.js';
import { Whereabouts } from './whereabouts.js';
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

/** For the last spans to be sent. */
const FAREWELL_MS = 2_000;

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

/** What it says goes to the coordinator too, as soon as there is one; how it is, to whoever asks its metrics' port. */
interface Watched extends WorkerOptions {
  whereabouts: Whereabouts;
  forwarder: LogForwarder;
  watch: Watch;
  /** Null where steps are not traced. */
  tracer: StepTracer | null;
}

async function watched(options: WorkerOptions): Promise<Watched> {
  const [whereabouts, forwarder] = [new Whereabouts(), new LogForwarder()];
  const log = options.log.with(() => whereabouts.fields()).also(forwarder.take);
  const tracer = await openTracer('worker', log);
  return { ...options, log, whereabouts, forwarder, tracer, watch: new Watch('worker') };
}

/** Rejects with the reason of `toldToGo` if that is aborted before it has joined. */
async function joinAndTakePart(given: WorkerOptions, toldToGo: AbortSignal): Promise<WorkerEnd> {
  const options = await watched(given);
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
  const { find, access, log, whereabouts, forwarder, watch, tracer } = options;
  watch.readiness = { ready: false, text: 'looking for the coordinator' };
  const refusals = new Refusals(log);
  const own = { host: interfaceFor(host), port: options.listenPort };
  const listener = await listen({ ...own, tls: access.tls, refusals });
  try {
    const about = { host, listenPort: port ?? listener.port, pid: process.pid, device: deviceLabel() };
    const session = await joinRun({ ...about, find, access, log, signal: toldToGo });
    whereabouts.join(session);
    forwarder.connect(session);
    return await takePart(options, session, listener, refusals);
  } finally {
    watch.readiness = { ready: false, text: 'ending' };
    await listener.close();
    await tracer?.close(FAREWELL_MS);
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
  watch.show(metrics.registry, { run: runId, worker: String(worker) });
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
  const { log } = options;
  const parts = await load(options, session, listener, metrics);
  run.canSave(parts);
  await warmUp(parts);
  session.ended.throwIfAborted();
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
  const engine = await loadEngine({ ...config.engine, threads: options.threads ?? config.engine.threads });
  ended.throwIfAborted();
  const dataset = await readData(options, session);
  const knowledge = await loadKnowledge(config, dataset);
  ended.throwIfAborted();
  const passes = createPasses(engine, config);
  const dataHash = dataset.hash + knowledge.hash;
  const checkpointer = checkpointerOf(session, engine, dataset, options.log, metrics);
  return {
    ...{ session, listener, engine, dataset, knowledge, dataHash, passes, metrics, checkpointer },
    ...{ access: options.access, log: options.log, whereabouts: options.whereabouts },
    ...{ overdue: options.watch.overdue, world: 1 },
    ...timingsFor(session, options.tracer),
  };
}

/** Whoever asks the coordinator is told where the time of a step goes, and so is a collector of traces where there is one. */
function timingsFor(session: Session, tracer: StepTracer | null): Pick<WorkerParts, 'timeline' | 'stepped'> {
  const teller = new TimingsTeller(session);
  session.onAsked(({ timeSteps }) => timeSteps === null || teller.want(timeSteps));
  return {
    timeline: new StepTimeline(),
    stepped(timed) {
      teller.stepped(timed);
      tracer?.step(tracedStep(session, timed));
    },
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
