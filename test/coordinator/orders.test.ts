// Orders to a coordinator over the wire, while workers that keep to the protocol take part.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { drainWorker, fetchStatus, pauseRun, resumeRun, scaleRun, stopRun } from '../../src/rpc/launcher.js';
import { testAccess } from '../support/access.js';
import { metricsOf, startRun, startWorker, startWorkers, testConfig, until } from './harness.js';

const asked = { access: testAccess };
const CLUSTER = 'KUBERNETES_SERVICE_HOST';
const cluster = process.env[CLUSTER];
afterEach(() => {
  if (cluster === undefined) delete process.env[CLUSTER];
  else process.env[CLUSTER] = cluster;
});

it('a pause outlasts every deadline, and a run that is resumed does each step once', async () => {
  const steps = 60;
  const timeouts = { stepMs: 400, dataMs: 100, joinMs: 500, heartbeatMs: 500 };
  const run = await startRun({ config: testConfig({ steps, timeouts, elastic: { rejoinMs: 300 } }) });
  startWorkers(run.address, 2, { stepMs: 5 });
  await until(() => metricsOf(run.out).length > 5);
  expect(await pauseRun(run.address, asked)).toMatchObject({ changed: true });
  const paused = async (): Promise<boolean> => (await fetchStatus(run.address, asked)).phase === 'paused';
  while (!(await paused())) await sleep(5);
  const done = metricsOf(run.out).length;
  startWorker(run.address, { stepMs: 5 });
  await sleep(2_000);
  expect(await fetchStatus(run.address, asked)).toMatchObject({ phase: 'paused', step: done, workersLost: 0 });
  expect(await resumeRun(run.address, asked)).toMatchObject({ changed: true });
  expect(await run.outcome).toMatchObject({ kind: 'finished', step: steps });
  expect(metricsOf(run.out).map(({ step }) => step)).toEqual(Array.from({ length: steps }, (_, index) => index + 1));
  expect(metricsOf(run.out).at(-1)).toMatchObject({ world: 3 });
});

it('a worker that is drained is let off, unless the order comes from another generation or nobody is left', async () => {
  const run = await startRun({ config: testConfig({ steps: 10_000 }) });
  const [first, second] = startWorkers(run.address, 2, { stepMs: 5 });
  await until(() => metricsOf(run.out).length > 3);
  const { generation } = await fetchStatus(run.address, asked);
  const drain = (worker: number, force = false, of = generation) =>
    drainWorker(run.address, { worker, generation: of, force }, asked);
  await expect(drain(first.worker.number, false, generation - 1)).rejects.toMatchObject({ code: 'MLIP_E_RUN_STALE' });
  await expect(drain(7)).rejects.toMatchObject({ code: 'MLIP_E_WORKER_UNKNOWN' });
  expect(await drain(first.worker.number)).toMatchObject({ changed: true });
  expect(await first.worker.ended).toEqual({ finish: { again: false } });
  const next = (await fetchStatus(run.address, asked)).generation;
  await expect(drain(second.worker.number)).rejects.toMatchObject({ code: 'MLIP_E_RUN_STALE' });
  await expect(drain(second.worker.number, false, next)).rejects.toMatchObject({ code: 'MLIP_E_WORKER_NEEDED' });
  expect(await drain(second.worker.number, true, next)).toMatchObject({ changed: true });
  expect(await second.worker.ended).toEqual({ finish: { again: true } });
  expect(await stopRun(run.address, asked)).toMatchObject({ changed: true });
  expect(await run.outcome).toMatchObject({ kind: 'stopped', step: metricsOf(run.out).length });
});

it('workers that are too many go, but in a cluster its Job picks them', async () => {
  const run = await startRun({ config: testConfig({ steps: 10_000 }), workers: 3 });
  const workers = startWorkers(run.address, 3, { stepMs: 5 });
  await until(() => metricsOf(run.out).length > 3);
  process.env[CLUSTER] = '10.96.0.1';
  const { text } = await scaleRun(run.address, 2, asked);
  expect(text).toContain(`kubectl patch job WORKERS --type=merge -p '{"spec":{"parallelism":2,"completions":2}}'`);
  await until(() => metricsOf(run.out).at(-1)!.world === 2);
  expect((await fetchStatus(run.address, asked)).workers).toHaveLength(3);
  delete process.env[CLUSTER];
  expect(await scaleRun(run.address, 1, asked)).toMatchObject({ changed: true });
  await until(() => metricsOf(run.out).at(-1)!.world === 1);
  const status = await fetchStatus(run.address, asked);
  expect(status.workers.map(({ worker }) => worker)).toEqual([0]);
  expect(status.workersWanted).toBe(1);
  await expect(scaleRun(run.address, 1_000, asked)).rejects.toMatchObject({ code: 'MLIP_E_CONFIG_INVALID' });
  run.stop();
  await run.outcome;
  await Promise.all(workers.map(({ worker }) => worker.ended));
});
