/** Metrics as Prometheus reads them. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { PHASES } from '../../src/coordinator/state.js';
import {
  type CoordinatorMetrics,
  type RunFacts,
  createCoordinatorMetrics,
} from '../../src/metrics/coordinator-metrics.js';
import { type MetricsServer, serveMetrics } from '../../src/metrics/server.js';
import { exposeRefusals } from '../../src/metrics/refused.js';
import { Watch } from '../../src/metrics/watch.js';
import { type WorkerMetrics, createWorkerMetrics } from '../../src/metrics/worker-metrics.js';
import { REFUSAL_REASONS } from '../../src/security/refusals.js';
import { quietRefusals } from '../support/access.js';

let server: MetricsServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const facts: RunFacts = {
  ...{ runId: 'r1', batchSize: 32, step: 0, savedStep: 0, saveEverySteps: 50, continued: false },
  ...{ temperatures: { global: 0.07 }, states: PHASES },
};

/** As in metrics.jsonl, but for the losses. */
const line = { lr: 1e-3, grad_norm: 2.5, epoch: 0, pairs_per_second: 64, data_wait: 0.25, comm_wait: 0.125 };

function showing(metrics: CoordinatorMetrics | WorkerMetrics): Watch {
  const watch = new Watch('planned' in metrics ? 'coordinator' : 'worker');
  watch.show(metrics);
  return watch;
}

const here = { host: '127.0.0.1', port: 0 };

async function get(path: string): Promise<{ status: number; type: string | null; text: string }> {
  const response = await fetch(`http://127.0.0.1:${server!.port}${path}`);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

describe('the metrics server', () => {
  it('serves the coordinator’s metrics', async () => {
    const metrics = createCoordinatorMetrics(facts);
    metrics.joined(1);
    metrics.step({ ...line, step: 7, loss: 1.5, loss_global: 1.25 });
    metrics.planned(100);
    metrics.state('training');
    metrics.heartbeat(1);
    metrics.heartbeat(1);
    metrics.generation(3, 2, 0.25);
    metrics.sent('gather', 0, 1000);
    metrics.received('gather', 1, 500);
    metrics.restarted('checkpoint');
    metrics.saved(6);
    metrics.saveFailed();
    server = await serveMetrics(showing(metrics), here);
    const { status, type, text } = await get('/metrics');
    expect(status).toBe(200);
    expect(type).toContain('text/plain');
    for (const line of [
      'mlip_step{run="r1",role="coordinator"} 7',
      'mlip_loss{part="loss",run="r1",role="coordinator"} 1.5',
      'mlip_loss{part="loss_global",run="r1",role="coordinator"} 1.25',
      'mlip_pairs_total{run="r1",role="coordinator"} 32',
      'mlip_step_seconds_sum{run="r1",role="coordinator"} 0.5',
      'mlip_heartbeats_total{worker="1",run="r1",role="coordinator"} 2',
      'mlip_world_size{run="r1",role="coordinator"} 2',
      'mlip_sent_bytes_total{way="gather",peer="0",run="r1",role="coordinator"} 1000',
      'mlip_received_bytes_total{way="gather",peer="1",run="r1",role="coordinator"} 500',
      'mlip_learning_rate{run="r1",role="coordinator"} 0.001',
      'mlip_gradient_norm{run="r1",role="coordinator"} 2.5',
      'mlip_temperature{loss="global",run="r1",role="coordinator"} 0.07',
      'mlip_pairs_per_second{run="r1",role="coordinator"} 64',
      'mlip_data_wait_ratio{run="r1",role="coordinator"} 0.25',
      'mlip_communication_wait_ratio{run="r1",role="coordinator"} 0.125',
      'mlip_planned_steps{run="r1",role="coordinator"} 100',
      'mlip_run_state{state="training",run="r1",role="coordinator"} 1',
      'mlip_run_state{state="ended",run="r1",role="coordinator"} 0',
      'mlip_restarts_total{of="checkpoint",run="r1",role="coordinator"} 1',
      'mlip_restarts_total{of="coordinator",run="r1",role="coordinator"} 0',
      'mlip_checkpoint_step{run="r1",role="coordinator"} 6',
      'mlip_checkpoint_interval_steps{run="r1",role="coordinator"} 50',
      'mlip_checkpoint_failures_total{run="r1",role="coordinator"} 1',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).toMatch(/^process_resident_memory_bytes\{run="r1",role="coordinator"\} \d+$/m);
  });

  it('serves a worker’s metrics, with the time of each phase', async () => {
    const metrics = createWorkerMetrics(3, 'r1');
    metrics.phase('encode', 0.25);
    metrics.phase('encode', 0.5);
    metrics.step(2, 16, { loss: 2 });
    metrics.sent('ring', 1, 10);
    metrics.sent('gather', 'coordinator', 20);
    metrics.unusableRows(2);
    metrics.saved(0.5);
    metrics.heartbeat();
    metrics.generation(4, 1, 5);
    metrics.abandonedStep();
    metrics.received('state', 0, 30);
    server = await serveMetrics(showing(metrics), here);
    const lines = (await get('/metrics')).text.split('\n');
    for (const line of [
      'mlip_phase_seconds_sum{run="r1",worker="3",role="worker",phase="encode"} 0.75',
      'mlip_phase_seconds_count{run="r1",worker="3",role="worker",phase="encode"} 2',
      'mlip_pairs_total{run="r1",worker="3",role="worker"} 16',
      'mlip_sent_bytes_total{way="ring",peer="1",run="r1",worker="3",role="worker"} 10',
      'mlip_heartbeats_total{run="r1",worker="3",role="worker"} 1',
      'mlip_world_size{run="r1",worker="3",role="worker"} 5',
      'mlip_rank{run="r1",worker="3",role="worker"} 1',
      'mlip_generation{run="r1",worker="3",role="worker"} 4',
      'mlip_abandoned_steps_total{run="r1",worker="3",role="worker"} 1',
      'mlip_received_bytes_total{way="state",peer="0",run="r1",worker="3",role="worker"} 30',
      'mlip_unusable_rows{run="r1",worker="3",role="worker"} 2',
      'mlip_checkpoint_seconds_sum{run="r1",worker="3",role="worker"} 0.5',
    ]) {
      expect(lines).toContain(line);
    }
  });

  it('counts what was refused by reason, from the start and by no reason of a stranger’s making', async () => {
    const metrics = createWorkerMetrics(1, 'r1');
    const refusals = quietRefusals();
    exposeRefusals(metrics.registry, refusals);
    for (let i = 0; i < 3; i++) refusals.add('token', 'a call');
    server = await serveMetrics(showing(metrics), here);
    for (let scrape = 0; scrape < 2; scrape++) {
      const lines = (await get('/metrics')).text.split('\n').filter((line) => line.startsWith('mlip_refused_total'));
      expect(lines).toHaveLength(REFUSAL_REASONS.length);
      expect(lines).toContain('mlip_refused_total{reason="token",run="r1",worker="1",role="worker"} 3');
      expect(lines).toContain('mlip_refused_total{reason="slow",run="r1",worker="1",role="worker"} 0');
    }
  });

  it.each([
    ['coordinator', createCoordinatorMetrics(facts)],
    ['worker', createWorkerMetrics(1, 'r1')],
  ])('has no more series of losses and peers than a few, whatever others call them: %s', async (_, metrics) => {
    for (let i = 0; i < 1_000; i++) {
      const losses = { loss: i, [`loss_${i}`]: i };
      if ('planned' in metrics) metrics.step({ ...line, ...losses, step: i });
      else metrics.step(i, 1, losses);
      metrics.sent('state', i, 1);
    }
    server = await serveMetrics(showing(metrics), here);
    const lines = (await get('/metrics')).text.split('\n');
    expect(lines.filter((line) => line.startsWith('mlip_loss{'))).toHaveLength(64);
    expect(lines).toContainEqual(expect.stringMatching(/^mlip_loss\{part="loss",.*\} 999$/));
    const sent = lines.filter((line) => line.startsWith('mlip_sent_bytes_total{'));
    expect(sent).toHaveLength(65);
    expect(sent.at(-1)).toMatch(/peer="other".* 936$/);
  });

  it('forgets a worker that is gone, and does not remember it for what comes late', async () => {
    const metrics = createCoordinatorMetrics(facts);
    const ofWorker = async (): Promise<string[]> =>
      (await metrics.registry.metrics()).split('\n').filter((line) => line.includes('worker="5"'));
    metrics.joined(5);
    metrics.heartbeat(5);
    metrics.pace(5, 1.5, true);
    expect(await ofWorker()).toHaveLength(3);
    metrics.left(5);
    metrics.heartbeat(5);
    metrics.pace(5, 1.5, false);
    expect(await ofWorker()).toEqual([]);
    metrics.joined(5);
    metrics.heartbeat(5);
    expect(await ofWorker()).toEqual(['mlip_heartbeats_total{worker="5"} 1']);
  });

  it('names a port in use, and what to do', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(serveMetrics(new Watch('worker'), { host: '127.0.0.1', port })).rejects.toMatchObject({
      ...{ code: 'MLIP_E_PORT_IN_USE', where: `127.0.0.1:${port}` },
      remedy: expect.stringContaining('--metrics-port') as string,
    });
    other.close();
  });
});
