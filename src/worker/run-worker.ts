/** A worker of a run, from joining to the end. */
import { listen, type PeerListener } from '../collectives/listener.js';
import { openRing } from '../collectives/open-ring.js';
import { MlipError } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import { loadDataset, type Dataset } from '../data/dataset.js';
import { requireBatch } from '../data/usable.js';
import { loadEngine } from '../engine/load.js';
import { exposeRefusals } from '../metrics/refused.js';
import { serveMetrics } from '../metrics/server.js';
import { createWorkerMetrics, type WorkerMetrics } from '../metrics/worker-metrics.js';
import { parseAddress } from '../rpc/address.js';
import type { Access } from '../security/access.js';
import { Refusals } from '../security/refusals.js';
import { interfaceFor, ownHost } from './own-address.js';
import { loadKnowledge } from './knowledge.js';
import { hashTensors, startingState, vocabularyOf } from './saved-state.js';
import { joinRun, type Session } from './session.js';
import { runSteps, type TrainingParts } from './training-loop.js';
import { uploadState } from './training-state.js';
import { WorkerRun } from './worker-run.js';

export interface WorkerOptions {
  /** HOST:PORT of the coordinator. */
  coordinator: string;
  /** Where other workers reach this one; without it found out with TLS, the loopback address without. */
  host?: string | undefined;
  /** What lets this worker in. */
  access: Access;
  /** Threads of one operation; engine.threads of the configuration where it is not given. */
  threads?: number | undefined;
  /** Manifest on this machine, where its path differs from the coordinator's. */
  data?: string | undefined;
  /** null serves no metrics; 0 takes any port. */
  metricsPort: number | null;
  log: Logger;
  /** Ends the run with a checkpoint. */
  signal?: AbortSignal | undefined;
}

/** Resolves when the run has ended well or on request. Rejects with the first cause otherwise. */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { host: coordinatorHost, port } = parseAddress(options.coordinator);
  const { access, log } = options;
  const host = await ownHost({ ...options, coordinatorHost, port });
  const refusals = new Refusals(log);
  const listener = await listen({ host: interfaceFor(host), tls: access.tls, refusals });
  try {
    const session = await joinRun({
      ...{ address: options.coordinator, host, listenPort: listener.port, pid: process.pid, device: deviceLabel() },
      ...{ access, log },
    });
    await takePart({ ...options, host }, session, listener, refusals);
  } finally {
    await listener.close();
  }
}

/** As the coordinator lists it, before the engine is loaded. */
function deviceLabel(): string {
  const gpus = process.env['CUDA_VISIBLE_DEVICES'] ?? '';
  return gpus === '' || gpus === '-1' ? 'cpu' : `gpu ${gpus}`;
}

async function takePart(
  options: WorkerOptions & { host: string },
  session: Session,
  listener: PeerListener,
  refusals: Refusals,
): Promise<void> {
  const metrics = createWorkerMetrics(session.rank);
  exposeRefusals(metrics.registry, refusals);
  metrics.world(session.world);
  session.observe(metrics);
  const run = new WorkerRun(session);
  options.signal?.addEventListener('abort', () => run.fail(interrupted()), { once: true });
  await run.work(() => servingMetrics(options, metrics, () => train(options, session, listener, metrics, run)));
}

/** Serves the metrics, where they are wanted, for as long as `work` takes. */
async function servingMetrics(
  { metricsPort: port, host }: { metricsPort: number | null; host: string },
  { registry }: WorkerMetrics,
  work: () => Promise<void>,
): Promise<void> {
  const server = port === null ? undefined : await serveMetrics(registry, { host: interfaceFor(host), port });
  try {
    await work();
  } finally {
    await server?.close();
  }
}

/** Gets everything ready, then trains. */
async function train(
  options: WorkerOptions,
  session: Session,
  listener: PeerListener,
  metrics: WorkerMetrics,
  run: WorkerRun,
): Promise<void> {
  const { config, rank, world, generation, peers, runId } = session;
  const { log, access } = options;
  const { tls } = access;
  const token = access.token.forRing(runId);
  const timeoutMs = config.timeouts.stepMs;
  const opening = openRing({ rank, world, generation, peers, listener, token, tls, timeoutMs, log });
  // A neighbour may be lost before anybody awaits the ring.
  opening.catch(() => undefined);
  run.onEarlyEnd(() => opening.then((ring) => ring.close()));
  const engine = await loadEngine({ ...config.engine, threads: options.threads ?? config.engine.threads });
  const dataset = await readData(options, session);
  const knowledge = await loadKnowledge(config, dataset);
  const ring = await opening;
  const host = await startingState(session, ring, dataset.vocabulary, log);
  const parametersHash = hashTensors(host.model);
  const state = uploadState(host, config, session.resume?.step ?? 0);
  const parts: TrainingParts = { session, engine, ring, dataset, knowledge, state, metrics, ringBytesCounted: 0, log };
  run.canSave(parts);
  const start = await session.ready({
    rows: dataset.train.length,
    dataHash: dataset.hash + knowledge.hash,
    parametersHash,
  });
  log.info('training', { device: engine.device, threads: engine.threads, tensorFlow: engine.tensorFlowVersion });
  await runSteps(parts, start);
  await ring.close();
}

async function readData({ data, log }: WorkerOptions, { config, resume }: Session): Promise<Dataset> {
  const manifest = data ?? config.data.manifest;
  const known = resume === null ? undefined : await vocabularyOf(resume.checkpoint);
  const dataset = await loadDataset({ data: { ...config.data, manifest } }, log, known);
  requireBatch(dataset.train.length, config.batchSize, manifest);
  return dataset;
}

function interrupted(): MlipError {
  return new MlipError('MLIP_E_INTERRUPTED', 'this worker was asked to stop');
}
