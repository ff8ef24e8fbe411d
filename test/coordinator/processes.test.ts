/** Real processes that are killed, stopped and orphaned. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { stopRun } from '../../src/rpc/launcher.js';
import { type Child, endChildren, startChild } from './child.js';
import { metricsOf, scratch, startRun, testConfig } from './harness.js';
import { testAccess } from '../support/access.js';

afterEach(endChildren);

/** Workers in order of rank, once the first step is applied. */
async function startWorkers(address: string, world: number): Promise<Child[]> {
  const workers = Array.from({ length: world }, () => startChild('worker', address, 20));
  const ranks = await Promise.all(workers.map(async (worker) => (await worker.heard('rank'))['rank'] as number));
  await Promise.all(workers.map((worker) => worker.heard('applied')));
  return ranks.map((_, rank) => workers[ranks.indexOf(rank)]);
}

function withSteps(steps: number) {
  return { config: testConfig({ steps }) };
}

describe('processes', () => {
  it('train to the end', async () => {
    const run = await startRun({ world: 3, ...withSteps(5) });
    const workers = await startWorkers(run.address, 3);
    expect(await run.outcome).toEqual({ kind: 'finished', step: 5, checkpoint: 'checkpoints/step-5' });
    for (const worker of workers) expect(await worker.exited).toEqual({ code: 0, signal: null });
    expect(metricsOf(run.out)).toHaveLength(5);
  });

  it.each([0, 2])('kill of rank %i: named as the cause, the lowest survivor saves, nobody is left', async (killed) => {
    const run = await startRun({ world: 3, ...withSteps(10_000) });
    const workers = await startWorkers(run.address, 3);
    workers[killed].signal('SIGKILL');
    const outcome = await run.outcome;
    expect(outcome).toMatchObject({ kind: 'failed', code: 'MLIP_E_WORKER_LOST', rank: killed });
    const survivors = workers.filter((_, rank) => rank !== killed);
    for (const [index, survivor] of survivors.entries()) {
      expect(await survivor.exited).toEqual({ code: 5, signal: null });
      expect(await survivor.heard('aborted')).toMatchObject({ aborted: 'MLIP_E_WORKER_LOST', save: index === 0 });
    }
    expect(outcome.checkpoint).toBe(`checkpoints/step-${outcome.step}`);
    const steps = metricsOf(run.out).map(({ step }) => step);
    expect(steps).toEqual(Array.from({ length: outcome.step }, (_, index) => index + 1));
  });

  it('a worker that is stopped is given up after three heartbeats; when it wakes, it ends', async () => {
    const run = await startRun(withSteps(10_000));
    const [first, second] = await startWorkers(run.address, 2);
    second.signal('SIGSTOP');
    const stopped = performance.now();
    expect(await run.outcome).toMatchObject({ kind: 'failed', code: 'MLIP_E_WORKER_LOST', rank: 1 });
    expect(performance.now() - stopped).toBeLessThan(10_000);
    expect(await first.exited).toMatchObject({ code: 5 });
    second.signal('SIGCONT');
    expect(await second.exited).toMatchObject({ code: 5 });
  });

  it('kill of the coordinator: workers hear it at once, rank 0 saves; the next one takes over its lock', async () => {
    const out = scratch();
    const coordinator = startChild('coordinator', out, 0);
    const { address } = await coordinator.heard('address');
    const workers = await startWorkers(address as string, 2);
    coordinator.signal('SIGKILL');
    const killed = performance.now();
    for (const [rank, worker] of workers.entries()) {
      expect(await worker.heard('aborted')).toEqual({ aborted: 'MLIP_E_COORDINATOR_LOST', save: rank === 0 });
    }
    expect(performance.now() - killed).toBeLessThan(2_000);
    for (const worker of workers) expect(await worker.exited).toMatchObject({ code: 5 });
    await coordinator.exited;

    const next = startChild('coordinator', out, 0);
    await next.heard('address');
    next.orphan();
    expect(await next.heard('kind')).toMatchObject({ kind: 'stopped' });
    expect(await next.exited).toEqual({ code: 0, signal: null });
  });

  it('a coordinator whose launcher is gone stops the run with a checkpoint', async () => {
    const coordinator = startChild('coordinator', scratch(), 0);
    const { address } = await coordinator.heard('address');
    const workers = await startWorkers(address as string, 2);
    coordinator.orphan();
    const outcome = await coordinator.heard('kind');
    expect(outcome).toMatchObject({ kind: 'stopped', checkpoint: `checkpoints/step-${outcome['step'] as number}` });
    for (const worker of workers) expect(await worker.exited).toEqual({ code: 0, signal: null });
  });

  it('a coordinator ends with its run, though its launcher lives', async () => {
    const coordinator = startChild('coordinator', scratch(), 0);
    const { address } = await coordinator.heard('address');
    await stopRun(address as string, { access: testAccess });
    expect(await coordinator.heard('kind')).toMatchObject({ kind: 'stopped' });
    expect(await coordinator.exited).toEqual({ code: 0, signal: null });
  });

  it('two coordinators on one output directory: the second is refused', async () => {
    const out = scratch();
    const first = startChild('coordinator', out, 0);
    await first.heard('address');
    await expect(startRun({ out })).rejects.toMatchObject({ code: 'MLIP_E_OUT_LOCKED', where: out });
    const lock = readFileSync(join(out, 'coordinator.lock'), 'utf8');
    expect(lock).toContain(`"pid":${first.pid}`);
  });

  it('a worker waits for a coordinator that is started later', async () => {
    const out = scratch();
    const before = await startRun({ world: 1, out });
    const port = before.address.split(':')[1];
    before.stop();
    await before.outcome;
    const workers = [startChild('worker', before.address, 1), startChild('worker', before.address, 1)];
    const coordinator = startChild('coordinator', scratch(), port);
    await coordinator.heard('address');
    await Promise.all(workers.map((worker) => worker.heard('applied')));
  });
});
