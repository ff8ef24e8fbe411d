/** A session, once the coordinator has welcomed the worker. */
import { once } from 'node:events';
import type { Client } from '@grpc/grpc-js';
import type { Config } from '../config/schema.js';
import { MlipError } from '../core/errors.js';
import type { WorkerMetrics } from '../metrics/worker-metrics.js';
import { openChannel } from '../rpc/channel.js';
import { toFailure } from '../rpc/failure.js';
import { gather } from '../rpc/gather.js';
import type { WelcomeSeen } from '../rpc/service.js';
import type { GatherTensor } from '../rpc/tensor-stream.js';
import type { SessionLink } from './session-link.js';
import type { FailDetails, Session, StepReport } from './session-types.js';

/** Beyond the deadlines that the coordinator keeps, so that its error, which names the rank, comes first. */
const MARGIN_MS = 10_000;

/** Time for the reason of an end to arrive. */
const REASON_MS = 5_000;

export function memberSession(link: SessionLink, welcome: WelcomeSeen, config: Config): Session {
  const bulk = openChannel(link.address, 'bulk', link.access);
  const { generation } = welcome;
  let metrics: Pick<WorkerMetrics, 'heartbeat' | 'bytesSent'> | null = null;
  link.onHeartbeat = () => metrics?.heartbeat();
  return {
    ...{ rank: link.rank, world: link.world, aborted: link.aborted, config, ...describe(welcome) },
    async ready(report) {
      const { startStep, steps } = await link.ask('start', { ready: { ...report } });
      link.expectsFinish = startStep >= steps;
      return { startStep, steps };
    },
    async gather(step, tensors) {
      metrics?.bytesSent('gather', byteLength(tensors));
      return gatherAll(bulk, link, { generation, step, config, tensors });
    },
    async commit(step, report) {
      const commit = { step, generation, report: wireReport(report) };
      const { nextStep, save, stop } = await link.ask('directive', { commit });
      return { nextStep, save, stop };
    },
    saved: (step, path) => link.send({ saved: { step, path } }),
    fail: (error, details) => fail(link, error, details),
    onAbort: (callback) => link.onAbort(callback),
    observe: (given) => void (metrics = given),
    async close() {
      await link.close(config.timeouts.stepMs + MARGIN_MS);
      bulk.close();
    },
  };
}

function describe({ runId, generation, out, peers, resume }: WelcomeSeen) {
  return {
    ...{ runId, generation, out },
    peers: peers.map(({ host, port }, rank) => ({ rank, host, port })),
    resume: resume === null ? null : { step: resume.step, checkpoint: resume.checkpoint },
  };
}

interface GatherJob {
  generation: number;
  step: number;
  config: Config;
  tensors: readonly GatherTensor[];
}

/** When the run ends early, its cause is the error, not the broken call. */
async function gatherAll(client: Client, link: SessionLink, job: GatherJob): Promise<Map<string, Float32Array>> {
  const { generation, step, config, tensors } = job;
  link.aborted.throwIfAborted();
  try {
    return await gather({
      ...{ client, address: link.address, tensors, batchSize: config.batchSize, signal: link.aborted },
      place: { rank: link.rank, generation, step },
      timeoutMs: config.timeouts.stepMs + config.timeouts.dataMs + MARGIN_MS,
    });
  } catch (error) {
    if (isEnd(error)) await untilAborted(link.aborted);
    link.aborted.throwIfAborted();
    throw error;
  }
}

/** The run ends, and the control stream will say why: it is another connection, so that may take a moment. */
function isEnd(error: unknown): boolean {
  return error instanceof MlipError && ['MLIP_E_RUN_CLOSED', 'MLIP_E_COORDINATOR_LOST'].includes(error.code);
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await once(signal, 'abort', { signal: AbortSignal.timeout(REASON_MS) }).catch(() => undefined);
}

function byteLength(tensors: readonly GatherTensor[]): number {
  return tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
}

function wireReport({ whole, share = {}, ...rest }: StepReport) {
  return { whole, share, ...rest };
}

/** What the coordinator itself gave as the reason is no news to it. */
function fail(link: SessionLink, error: unknown, details: FailDetails): void {
  if (link.aborted.aborted && error === link.aborted.reason) return;
  const { step, secondary = false, stateIntact = false } = details;
  link.expectsFinish = true;
  link.send({ failed: { failure: toFailure(error), step, secondary, stateIntact } });
}
