/** Whole runs over real gRPC: a coordinator and its workers' sessions. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MlipError } from '../../src/core/errors.js';
import { microBatchCount, shareOf } from '../../src/core/plan.js';
import { fetchStatus, stopRun, watchRun } from '../../src/rpc/launcher.js';
import type { RunEvent } from '../../src/rpc/run-events.js';
import type { Abort, Session } from '../../src/worker/session.js';
import { joinAll, joinTest, loaded, metricsOf, report, scratch, startAll, startRun, testConfig } from './harness.js';
import { testAccess } from '../support/access.js';

const WIDTH = 300;

/** Row r, column c of the global batch holds r * 1000 + c + step / 8. */
function rowsOf(session: Session, step: number): Float32Array {
  const { start, end } = shareOf(session.rank, session.world, microBatchCount(session.config));
  const [first, last] = [start, end].map((index) => index * session.config.microBatchSize);
  return Float32Array.from({ length: (last - first) * WIDTH }, (_, i) => {
    return (first + Math.floor(i / WIDTH)) * 1000 + (i % WIDTH) + step / 8;
  });
}

function wholeBatch(batchSize: number, step: number): Float32Array {
  return Float32Array.from(
    { length: batchSize * WIDTH },
    (_, i) => Math.floor(i / WIDTH) * 1000 + (i % WIDTH) + step / 8,
  );
}

function gather(session: Session, step: number): Promise<Map<string, Float32Array>> {
  const data = rowsOf(session, step);
  const tensor = { rows: data.length / WIDTH, width: WIDTH, data };
  return session.gather(step, [
    { name: 'vision', ...tensor },
    { name: 'text', ...tensor, data: data.map((value) => -value) },
  ]);
}

/** Takes part until told to stop; returns the steps at which it was asked to save. */
async function work(session: Session): Promise<number[]> {
  const saves: number[] = [];
  const { startStep } = await session.ready(loaded);
  for (let step = startStep; ;) {
    const whole = await gather(session, step);
    expect(whole.get('vision')).toEqual(wholeBatch(session.config.batchSize, step));
    expect(whole.get('text')).toEqual(wholeBatch(session.config.batchSize, step).map((value) => -value));
    const directive = await session.commit(step, report(4 - step));
    step = directive.nextStep;
    if (directive.save) {
      saves.push(step);
      session.saved(step, `checkpoints/step-${step}`);
    }
    if (directive.stop) break;
  }
  await session.close();
  return saves;
}

async function collect(address: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of watchRun(address, { access: testAccess })) events.push(event);
  return events;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function nextAbort(session: Session): Promise<Abort> {
  return new Promise((resolve) => session.onAbort(resolve));
}

describe('a run over gRPC', () => {
  it.each([1, 2, 3])('gathers the same whole batch on %i workers, commits, saves and finishes', async (world) => {
    const config = testConfig({ checkpoint: { everySteps: 2, keep: 1 } });
    const run = await startRun({ world, config });
    const watched = collect(run.address);
    const sessions = await joinAll(run.address, world);
    expect(sessions.map(({ rank }) => rank)).toEqual([...sessions.keys()]);
    expect(sessions[0].config).toEqual(config);
    const saves = await Promise.all(sessions.map(work));
    expect(saves[0]).toEqual([2, 3]);
    expect(saves.slice(1).flat()).toEqual([]);
    expect(await run.outcome).toEqual({ kind: 'finished', step: 3, checkpoint: 'checkpoints/step-3' });

    const lines = metricsOf(run.out);
    expect(
      lines.map(({ step, epoch, loss, loss_global, world: size }) => [step, epoch, loss, loss_global, size]),
    ).toEqual([
      [1, 0, 4, 4, world],
      [2, 0, 3, 3, world],
      [3, 0, 2, 2, world],
    ]);
    const kinds = (await watched).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'joined')).toHaveLength(world);
    expect(kinds.filter((kind) => kind === 'step')).toHaveLength(3);
    expect(kinds.at(-1)).toBe('finished');
  });

  it('leaves run.json, config.yaml and TensorBoard events, and gives its lock back', async () => {
    const run = await startRun({ world: 1, configText: 'name: mine\n' });
    const session = await joinTest(run.address, { pid: 4711, device: 'cpu:0' });
    const info = JSON.parse(readFileSync(join(run.out, 'run.json'), 'utf8')) as Record<string, unknown>;
    expect(info).toMatchObject({
      runId: session.runId,
      coordinator: { address: run.address, pid: process.pid },
      workers: [{ rank: 0, pid: 4711, device: 'cpu:0' }],
    });
    expect(readFileSync(join(run.out, 'config.yaml'), 'utf8')).toBe('name: mine\n');
    await work(session);
    await run.outcome;
    expect(readdirSync(run.out).some((name) => name.startsWith('events.out.tfevents.'))).toBe(true);
    expect(existsSync(join(run.out, 'coordinator.lock'))).toBe(false);
  });

  it('resumes: workers hear the checkpoint, later lines of metrics.jsonl are dropped', async () => {
    const first = await startRun({ world: 1 });
    await work(await joinTest(first.address));
    await first.outcome;
    const resume = { step: 2, checkpoint: 'checkpoints/step-2' };
    const second = await startRun({ world: 1, out: first.out, resume, config: testConfig({ steps: 4 }) });
    const session = await joinTest(second.address);
    expect(session.resume).toEqual(resume);
    await work(session);
    expect(await second.outcome).toMatchObject({ kind: 'finished', step: 4 });
    expect(metricsOf(first.out).map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  });

  it('says where it stands, and stops on request with a checkpoint', async () => {
    const run = await startRun({ config: testConfig({ steps: 1000 }) });
    const sessions = await joinAll(run.address, 2);
    expect(await fetchStatus(run.address, { access: testAccess })).toMatchObject({
      phase: 'loading',
      world: 2,
      step: 0,
      steps: 0,
    });
    const working = Promise.all(sessions.map(work));
    await stopRun(run.address, { access: testAccess });
    await working;
    const outcome = await run.outcome;
    expect(outcome.kind).toBe('stopped');
    expect(outcome.checkpoint).toBe(`checkpoints/step-${outcome.step}`);
  });

  it('stops on its signal before anyone has joined', async () => {
    const run = await startRun();
    run.stop();
    expect(await run.outcome).toEqual({ kind: 'stopped', step: 0, checkpoint: null });
  });

  it('rejects the calls of the others with the first cause when a worker leaves, and keeps a survivor’s state', async () => {
    const run = await startRun({ world: 3 });
    const [first, second, third] = await startAll(run.address, 3);
    const aborts = [nextAbort(first), nextAbort(third)];
    const waiting = [gather(first, 0), gather(third, 0)].map((call) => call.catch((error: unknown) => error));
    await second.close();
    for (const error of await Promise.all(waiting)) expect(error).toMatchObject({ code: 'MLIP_E_WORKER_LOST' });
    expect((await Promise.all(aborts)).map(({ save }) => save)).toEqual([true, false]);
    expect(first.aborted.aborted).toBe(true);
    first.saved(0, 'checkpoints/step-0');
    await Promise.all([first.close(), third.close()]);
    expect(await run.outcome).toMatchObject({
      kind: 'failed',
      code: 'MLIP_E_WORKER_LOST',
      rank: 1,
      checkpoint: 'checkpoints/step-0',
    });
  });

  it('names a primary failure although secondary ones came first', async () => {
    const run = await startRun({ world: 3 });
    const sessions = await startAll(run.address, 3);
    const aborts = sessions.map(nextAbort);
    const lostPeer = new Error('lost peer 1');
    sessions[0].fail(lostPeer, { step: 0, secondary: true });
    sessions[2].fail(lostPeer, { step: 0, secondary: true });
    sessions[1].fail(new MlipError('MLIP_E_DATA_IMAGE', 'not an image', { where: 'x.png' }), { step: 0 });
    const [{ cause, save }] = await Promise.all(aborts);
    expect(cause).toMatchObject({ code: 'MLIP_E_DATA_IMAGE', message: 'not an image', where: 'x.png' });
    expect(save).toBe(true);
    sessions[0].saved(0, 'checkpoints/step-0');
    await Promise.all(sessions.map((session) => session.close()));
    expect(await run.outcome).toMatchObject({ kind: 'failed', code: 'MLIP_E_DATA_IMAGE', rank: 1 });
  });

  it('asks the next rank when the one that was to save cannot', async () => {
    const run = await startRun({ world: 3 });
    const [first, second, third] = await startAll(run.address, 3);
    const saver = nextAbort(first);
    await third.close();
    const { cause } = await saver;
    // A call that was cut short hands its worker the cause: reporting that again changes nothing.
    first.fail(cause, { step: 0 });
    const asked = new Promise<Abort>((resolve) => second.onAbort((abort) => abort.save && resolve(abort)));
    first.fail(new MlipError('MLIP_E_OUT_WRITE', 'disk full'), { step: 0 });
    expect((await asked).cause.code).toBe('MLIP_E_WORKER_LOST');
    second.saved(0, 'checkpoints/step-0');
    await Promise.all([first.close(), second.close()]);
    expect(await run.outcome).toMatchObject({ rank: 2, checkpoint: 'checkpoints/step-0' });
  });

  it('gives a gather that comes too late the cause of the end', async () => {
    const run = await startRun({ world: 2 });
    const [first, second] = await startAll(run.address, 2);
    await second.close();
    await expect(gather(first, 0)).rejects.toMatchObject({ code: 'MLIP_E_WORKER_LOST' });
    first.saved(0, 'checkpoints/step-0');
    await first.close();
    await run.outcome;
  });

  it('leaves the output directory as it was when its port is in use', async () => {
    const run = await startRun({ world: 1 });
    const port = Number(run.address.split(':')[1]);
    const out = scratch();
    await expect(startRun({ port, out })).rejects.toMatchObject({ code: 'MLIP_E_PORT_IN_USE', where: run.address });
    await expect(startRun({ metricsPort: port, out })).rejects.toMatchObject({ code: 'MLIP_E_PORT_IN_USE' });
    expect(readdirSync(out)).toEqual([]);
    run.stop();
    await run.outcome;
  });

  it('serves its metrics', async () => {
    const metricsPort = await freePort();
    const run = await startRun({ world: 1, metricsPort });
    const [session] = await startAll(run.address, 1);
    await gather(session, 0);
    await session.commit(0, report(1));
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(text).toMatch(/^mlip_world_size\{.*\} 1$/m);
    expect(text).toMatch(/^mlip_sent_bytes_total\{.*\} [1-9]/m);
    await session.close();
    expect(await run.outcome).toMatchObject({ kind: 'failed', rank: 0, step: 1 });
  });

  it('refuses a rank whose data differ, naming it', async () => {
    const run = await startRun({ world: 3 });
    const sessions = await joinAll(run.address, 3);
    const ready = sessions.map((session) => {
      return session.ready(session.rank === 2 ? { ...loaded, rows: 61 } : loaded).catch((error: unknown) => error);
    });
    for (const error of await Promise.all(ready)) expect(error).toMatchObject({ code: 'MLIP_E_RUN_MISMATCH' });
    await Promise.all(sessions.map((session) => session.close()));
    expect(await run.outcome).toMatchObject({ kind: 'failed', rank: 2 });
  });

  it('ends with the number of missing workers when not all join in time', async () => {
    const timeouts = { joinMs: 300, heartbeatMs: 200, stepMs: 1_000, dataMs: 1_000 };
    const run = await startRun({ config: testConfig({ timeouts }) });
    await expect(joinTest(run.address)).rejects.toMatchObject({
      code: 'MLIP_E_JOIN_TIMEOUT',
      message: '1 of 2 workers joined within 0.3 s; 1 is missing',
    });
    expect(await run.outcome).toMatchObject({ kind: 'failed', code: 'MLIP_E_JOIN_TIMEOUT' });
  });

  it('refuses a worker too many, and one of another version', async () => {
    const run = await startRun({ world: 1 });
    await expect(joinTest(run.address, { version: '0.0.0' })).rejects.toMatchObject({ code: 'MLIP_E_RPC_VERSION' });
    const session = await joinTest(run.address);
    await expect(joinTest(run.address)).rejects.toMatchObject({ code: 'MLIP_E_RUN_CLOSED' });
    await work(session);
    expect(await run.outcome).toMatchObject({ kind: 'finished' });
  });

  it('refuses more workers than micro-batches', async () => {
    await expect(startRun({ world: 4 })).rejects.toMatchObject({ code: 'MLIP_E_CONFIG_INVALID' });
  });

  it('tells late watchers what has happened', async () => {
    const run = await startRun({ world: 1 });
    const [session] = await startAll(run.address, 1);
    for (const step of [0, 1]) await session.commit(step, report(3 - step));
    const events: RunEvent[] = [];
    for await (const event of watchRun(run.address, { access: testAccess })) {
      events.push(event);
      if (event.kind === 'step') break;
    }
    expect(events.map(({ kind }) => kind)).toEqual(['joined', 'started', 'step']);
    expect(events.at(-1)).toMatchObject({ line: { step: 2, loss: 2 } });
    run.stop();
    await session.commit(2, report(1));
    session.saved(3, 'checkpoints/step-3');
    await session.close();
    await run.outcome;
  });
});
