/** Real processes that are killed, stopped and orphaned. */
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { stopRun } from '../../src/rpc/launcher.js';
import { type Child, endChildren, startChild } from './child.js';
import { metricsOf, scratch, startRun, testConfig, until } from './harness.js';

afterEach(endChildren);

/** Workers in order of number, once the first step is applied. */
async function startWorkers(addresses: string, world: number): Promise<Child[]> {
  const workers = Array.from({ length: world }, () => startChild('worker', addresses, 20));
  const heard = await Promise.all(workers.map(async (worker) => (await worker.heard('worker'))['worker'] as number));
  await Promise.all(workers.map((worker) => worker.heard('applied')));
  return heard.map((_, number) => workers[heard.indexOf(number)]);
}

function stepsOf(out: string): number[] {
  return metricsOf(out).map(({ step }) => step);
}

/** Each step once, in order. */
function expectWhole(out: string): void {
  const steps = stepsOf(out);
  expect(steps).toEqual(steps.map((_, index) => index + 1));
}

async function untilFurther(out: string, by = 5): Promise<void> {
  const { length } = stepsOf(out);
  await until(() => stepsOf(out).length >= length + by, 30_000);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('processes', () => {
  it.each([0, 2])('kill of worker %i: the others go on at once', async (killed) => {
    const run = await startRun({ workers: 3, config: testConfig({ steps: 100_000 }) });
    const workers = await startWorkers(run.address, 3);
    workers[killed].signal('SIGKILL');
    await until(() => metricsOf(run.out).at(-1)?.world === 2);
    await untilFurther(run.out);
    run.stop();
    expect(await run.outcome).toMatchObject({ kind: 'stopped' });
    expectWhole(run.out);
    for (const worker of workers.filter((_, number) => number !== killed)) {
      expect(await worker.heard('ended')).toEqual({ ended: { finish: { again: false } } });
    }
  });

  it('a worker that is stopped is given up after three heartbeats; when it wakes, it comes back with what it has', async () => {
    const run = await startRun({ config: testConfig({ steps: 100_000 }) });
    const [, second] = await startWorkers(run.address, 2);
    second.signal('SIGSTOP');
    await until(() => metricsOf(run.out).at(-1)?.world === 1);
    second.signal('SIGCONT');
    await until(() => metricsOf(run.out).at(-1)?.world === 2);
    run.stop();
    expect(await run.outcome).toMatchObject({ kind: 'stopped' });
    expectWhole(run.out);
  });

  it('kill of the coordinator: the same command takes over its lock and its run, and its workers come back', async () => {
    const [out, port] = [scratch(), await freePort()];
    const coordinator = startChild('coordinator', out, port);
    const { address } = await coordinator.heard('address');
    await startWorkers(address as string, 2);
    coordinator.signal('SIGKILL');
    await coordinator.exited;
    const next = startChild('coordinator', out, port);
    await next.heard('address');
    await untilFurther(out);
    expect(metricsOf(out).at(-1)).toMatchObject({ world: 2, generation: 2 });
    next.orphan();
    expect(await next.heard('kind')).toMatchObject({ kind: 'stopped' });
    expectWhole(out);
  });

  it('a coordinator that is stopped past its lease commands no more: another one leads, and workers heed that one only', async () => {
    const [out, store] = [scratch(), scratch()];
    const ports = [await freePort(), await freePort()];
    const addresses = ports.map((port) => `127.0.0.1:${port}`).join(',');
    const first = startChild('coordinator', out, ports[0], store);
    await first.heard('address');
    const second = startChild('coordinator', out, ports[1], store);
    await startWorkers(addresses, 2);
    first.signal('SIGSTOP');
    await second.heard('address');
    await until(() => (metricsOf(out).at(-1)?.generation ?? 0) > 1, 30_000);
    first.signal('SIGCONT');
    expect(await first.heard('code')).toEqual({ code: 'MLIP_E_LEASE_LOST' });
    expect(await first.exited).toMatchObject({ code: 75 });
    await untilFurther(out);
    second.orphan();
    expect(await second.heard('kind')).toMatchObject({ kind: 'stopped' });
    expectWhole(out);
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
    await stopRun(address as string);
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
    const port = await freePort();
    const workers = Array.from({ length: 2 }, () => startChild('worker', `127.0.0.1:${port}`, 1));
    const coordinator = startChild('coordinator', scratch(), port);
    await coordinator.heard('address');
    await Promise.all(workers.map((worker) => worker.heard('applied')));
  });
});
