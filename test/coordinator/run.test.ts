/** Whole runs over real gRPC: a coordinator, and workers that keep to the protocol without training anything. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/bus/open-store.js';
import { fetchStatus, stopRun, watchRun } from '../../src/rpc/launcher.js';
import type { RunEvent } from '../../src/rpc/run-events.js';
import { metricsOf, scratch, startRun, startWorker, startWorkers, testConfig, until, type Watched } from './harness.js';
import { rowsOf } from './model-worker.js';

async function collect(address: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of watchRun(address)) events.push(event);
  return events;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The wholes that a worker has gathered, in order of steps. */
function gathered({ events }: Watched): Float32Array[] {
  const wholes = events.flatMap(({ whole }) => (whole instanceof Map ? [whole.get('vision') as Float32Array] : []));
  return wholes;
}

function stepsOf(out: string): number[] {
  return metricsOf(out).map(({ step }) => step);
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

describe('a run over gRPC', () => {
  it.each([1, 2, 3])('gathers the same whole batch on %i workers, commits, saves and finishes', async (world) => {
    const config = testConfig({ checkpoint: { everySteps: 2, keep: 1 } });
    const run = await startRun({ workers: world, config });
    const watching = collect(run.address);
    const workers = startWorkers(run.address, world);
    expect(await run.outcome).toEqual({ kind: 'finished', step: 3, checkpoint: 'checkpoints/step-3' });
    for (const { worker } of workers) expect(await worker.ended).toEqual({ finish: { again: false } });
    const saves = workers.map(({ events }) => events.flatMap(({ saved }) => (saved === undefined ? [] : [saved])));
    expect(saves.filter((list) => list.length > 0)).toEqual([[2, 3]]);
    const whole = [0, 1, 2].map((step) => rowsOf(0, config.batchSize, step));
    for (const worker of workers) expect(gathered(worker)).toEqual(world === 1 ? [] : whole);
    expect(
      metricsOf(run.out).map(({ step, epoch, world: size, generation }) => [step, epoch, size, generation]),
    ).toEqual(upTo(3).map((step) => [step, 0, world, 1]));
    const kinds = (await watching).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'joined')).toHaveLength(world);
    expect(kinds.filter((kind) => kind === 'step')).toHaveLength(3);
    expect(kinds.at(-1)).toBe('finished');
  });

  it('leaves run.json, config.yaml, a ledger and TensorBoard events, and gives its lock back', async () => {
    const run = await startRun({ workers: 1, configText: 'name: mine\n' });
    startWorker(run.address);
    await run.outcome;
    const info = JSON.parse(readFileSync(join(run.out, 'run.json'), 'utf8')) as Record<string, unknown>;
    const workers = [{ worker: 0, pid: process.pid, device: 'cpu' }];
    expect(info).toMatchObject({ coordinator: { address: run.address, pid: process.pid }, workers, rows: 60 });
    expect(readFileSync(join(run.out, 'config.yaml'), 'utf8')).toBe('name: mine\n');
    const ledger = readFileSync(join(run.out, 'ledger.jsonl'), 'utf8').trim().split('\n');
    expect(ledger).toHaveLength(3 * 3);
    expect(JSON.parse(ledger[4])).toEqual({ step: 2, generation: 1, micro_batch: 1, rank: 0, rows: [8, 9] });
    expect(readdirSync(run.out).some((name) => name.startsWith('events.out.tfevents.'))).toBe(true);
    expect(existsSync(join(run.out, 'coordinator.lock'))).toBe(false);
  });

  it('resumes: the checkpoint is loaded, later lines of metrics.jsonl and of the ledger are dropped', async () => {
    const first = await startRun({ workers: 1 });
    startWorker(first.address);
    await first.outcome;
    const resume = { step: 2, checkpoint: 'checkpoints/step-2' };
    const second = await startRun({ workers: 1, out: first.out, resume, config: testConfig({ steps: 4 }) });
    startWorker(second.address);
    expect(await second.outcome).toMatchObject({ kind: 'finished', step: 4 });
    expect(stepsOf(first.out)).toEqual([1, 2, 3, 4]);
    expect(readFileSync(join(first.out, 'ledger.jsonl'), 'utf8').trim().split('\n')).toHaveLength(4 * 3);
  });

  it('says where it stands, and stops on request with a checkpoint', async () => {
    const run = await startRun({ config: testConfig({ steps: 1000 }) });
    expect(await fetchStatus(run.address)).toMatchObject({ phase: 'joining', world: 0, step: 0, steps: 0 });
    startWorkers(run.address, 2, { stepMs: 5 });
    await until(() => stepsOf(run.out).length > 2);
    expect(await fetchStatus(run.address)).toMatchObject({ phase: 'training', world: 2, steps: 1000 });
    await stopRun(run.address);
    const outcome = await run.outcome;
    expect(outcome.kind).toBe('stopped');
    expect(outcome.checkpoint).toBe(`checkpoints/step-${outcome.step}`);
  });

  it('stops on its signal before anyone has joined', async () => {
    const run = await startRun();
    run.stop();
    expect(await run.outcome).toEqual({ kind: 'stopped', step: 0, checkpoint: null });
  });

  it('leaves the output directory as it was when its port is in use', async () => {
    const run = await startRun({ workers: 1 });
    const port = Number(run.address.split(':')[1]);
    const out = scratch();
    await expect(startRun({ port, out })).rejects.toMatchObject({ code: 'MLIP_E_PORT_IN_USE', where: run.address });
    await expect(startRun({ metricsPort: port, out })).rejects.toMatchObject({ code: 'MLIP_E_PORT_IN_USE' });
    expect(readdirSync(out)).toEqual([]);
    run.stop();
    await run.outcome;
  });

  it('serves its metrics, and forgets those of workers that are gone', async () => {
    const metricsPort = await freePort();
    const run = await startRun({ metricsPort, config: testConfig({ steps: 1000 }) });
    const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    const [first] = startWorkers(run.address, 2, { stepMs: 20 });
    await until(() => stepsOf(run.out).length > 20);
    expect(await metrics()).toMatch(/^mlip_world_size\{.*\} 2$/m);
    expect(await metrics()).toMatch(/^mlip_sent_bytes_total\{.*\} [1-9]/m);
    const gone = first.worker.number;
    expect(await metrics()).toMatch(new RegExp(`^mlip_heartbeats_total\\{worker="${gone}".*\\} [1-9]`, 'm'));
    first.worker.kill();
    await until(() => metricsOf(run.out).at(-1)?.world === 1);
    expect(await metrics()).toMatch(/^mlip_worker_losses_total\{.*\} 1$/m);
    expect(await metrics()).toMatch(/^mlip_generation\{.*\} 2$/m);
    expect(await metrics()).not.toContain(`mlip_heartbeats_total{worker="${gone}"`);
    run.stop();
    await run.outcome;
  });

  it('ends with the number of missing workers when not enough join in time', async () => {
    const config = testConfig({ timeouts: { joinMs: 300, heartbeatMs: 200 }, elastic: { minWorkers: 2 } });
    const run = await startRun({ config });
    startWorker(run.address);
    expect(await run.outcome).toMatchObject({
      ...{ kind: 'failed', code: 'MLIP_E_JOIN_TIMEOUT' },
      message: '1 of 2 workers joined within 0.3 s; 1 is missing',
    });
  });

  it('refuses a worker of another version, and sends one away that holds other data', async () => {
    const run = await startRun({ workers: 1, config: testConfig({ steps: 1000 }) });
    const old = startWorker(run.address, { version: '0.0.0' });
    expect(await old.worker.ended).toHaveProperty('error');
    startWorker(run.address, { stepMs: 20 });
    await until(() => stepsOf(run.out).length > 1);
    const other = startWorker(run.address, { dataHash: 'other' });
    expect(await other.worker.ended).toEqual({ finish: { again: false } });
    expect(other.events).toContainEqual({ aborted: 'MLIP_E_RUN_MISMATCH', save: false });
    const { length } = stepsOf(run.out);
    await until(() => stepsOf(run.out).length > length + 2);
    run.stop();
    expect(await run.outcome).toMatchObject({ kind: 'stopped' });
  });

  it('refuses more workers than micro-batches', async () => {
    await expect(startRun({ workers: 4 })).rejects.toMatchObject({ code: 'MLIP_E_CONFIG_INVALID' });
  });

  it('tells late watchers what has happened', async () => {
    const run = await startRun({ workers: 1, config: testConfig({ steps: 1000 }) });
    startWorker(run.address, { stepMs: 20 });
    await until(() => stepsOf(run.out).length > 2);
    const events: RunEvent[] = [];
    for await (const event of watchRun(run.address)) {
      events.push(event);
      if (event.kind === 'step') break;
    }
    expect(events.map(({ kind }) => kind)).toEqual(['joined', 'started', 'generation', 'step']);
    run.stop();
    await run.outcome;
  });
});

describe('a run whose membership changes', () => {
  const steps = 60;
  const config = testConfig({ steps, checkpoint: { everySteps: 20 } });

  it('goes on without a worker that is lost, redoing its step', async () => {
    const run = await startRun({ workers: 3, config });
    const workers = startWorkers(run.address, 3, { stepMs: 10 });
    await until(() => stepsOf(run.out).length > 10);
    workers[1].worker.kill();
    expect(await run.outcome).toMatchObject({ kind: 'finished', step: steps });
    expect(stepsOf(run.out)).toEqual(upTo(steps));
    const worlds = metricsOf(run.out).map(({ world }) => world);
    expect(new Set(worlds)).toEqual(new Set([3, 2]));
    expect(worlds).toEqual([...worlds].sort().reverse());
  });

  it('takes in a worker that joins: for a step it has no rows, then it has its share', async () => {
    const run = await startRun({ config });
    startWorkers(run.address, 2, { stepMs: 10 });
    await until(() => stepsOf(run.out).length > 5);
    const late = startWorker(run.address, { stepMs: 10 });
    expect(await run.outcome).toMatchObject({ kind: 'finished', step: steps });
    expect(stepsOf(run.out)).toEqual(upTo(steps));
    expect(metricsOf(run.out).at(-1)).toMatchObject({ world: 3, generation: 2 });
    const [first] = gathered(late);
    const { step } = late.events.find(({ generation }) => generation === 2) as { step: number };
    expect(first).toEqual(rowsOf(0, config.batchSize, step));
  });

  it('lets a worker go that was told to leave, and is left by the last one with a checkpoint', async () => {
    const run = await startRun({ config: testConfig({ steps: 10_000 }) });
    const [first, second] = startWorkers(run.address, 2, { stepMs: 5 });
    await until(() => stepsOf(run.out).length > 5);
    first.worker.leave();
    expect(await first.worker.ended).toEqual({ finish: { again: false } });
    second.worker.leave();
    expect(await second.worker.ended).toEqual({ finish: { again: true } });
    const last = stepsOf(run.out).at(-1);
    expect(second.events.at(-1)).toEqual({ saved: last });
    expect(await fetchStatus(run.address)).toMatchObject({ phase: 'waiting', step: last });
    run.stop();
    expect(await run.outcome).toMatchObject({ kind: 'stopped', step: last, checkpoint: `checkpoints/step-${last}` });
  });

  it('ends when nobody comes to a run that has lost all its workers', async () => {
    const elastic = { rejoinMs: 300 };
    const run = await startRun({ workers: 1, config: testConfig({ steps: 1000, elastic }) });
    const { worker } = startWorker(run.address, { stepMs: 5 });
    await until(() => stepsOf(run.out).length > 2);
    worker.kill();
    expect(await run.outcome).toMatchObject({ kind: 'failed', code: 'MLIP_E_WORKER_LOST', worker: 0 });
  });
});

describe('a run whose coordinator is replaced', () => {
  const steps = 80;
  const config = testConfig({ steps });

  it('goes on where it was when the same command is started again: its workers come back with their state', async () => {
    const port = await freePort();
    const first = await startRun({ config, port });
    const workers = startWorkers(first.address, 2, { stepMs: 10 });
    await until(() => stepsOf(first.out).length > 10);
    first.handOver();
    await expect(first.outcome).rejects.toMatchObject({ code: 'MLIP_E_HANDED_OVER' });
    const second = await startRun({ config, port, out: first.out });
    expect(await second.outcome).toMatchObject({ kind: 'finished', step: steps });
    expect(stepsOf(first.out)).toEqual(upTo(steps));
    for (const { worker, events } of workers) {
      expect(await worker.ended).toEqual({ finish: { again: false } });
      expect(events.filter((event) => 'lost' in event).length).toBeGreaterThan(0);
    }
    const generations = metricsOf(first.out).map(({ generation }) => generation);
    expect(Math.max(...generations)).toBeGreaterThan(1);
  });

  it('is led by one of two that share a store; the other one takes over', async () => {
    const directory = scratch();
    const [one, two] = await Promise.all([openStore({ directory }), openStore({ directory })]);
    const [port, out] = [await freePort(), scratch()];
    const shared = (store: typeof one) => ({ config, port, out, shared: { store, name: 'large' } });
    const first = await startRun(shared(one));
    let standing = startRun(shared(two));
    startWorkers(first.address, 2, { stepMs: 10 });
    await until(() => stepsOf(out).length > 10);
    first.handOver();
    await expect(first.outcome).rejects.toMatchObject({ code: 'MLIP_E_HANDED_OVER' });
    const second = await standing;
    standing = Promise.resolve(second);
    expect(await second.outcome).toMatchObject({ kind: 'finished', step: steps });
    expect(stepsOf(out)).toEqual(upTo(steps));
    await Promise.all([one.close(), two.close()]);
  });
});
