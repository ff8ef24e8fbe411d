/** What a process says of itself to whoever keeps it: whether it is of use, and whether it is beyond help. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Overdue } from '../../src/metrics/overdue.js';
import { type MetricsServer, serveMetrics } from '../../src/metrics/server.js';
import { Watch } from '../../src/metrics/watch.js';
import { createWorkerMetrics } from '../../src/metrics/worker-metrics.js';

let watch: Watch;
let server: MetricsServer;
beforeEach(async () => {
  watch = new Watch('worker');
  server = await serveMetrics(watch, { host: '127.0.0.1', port: 0 });
});
afterEach(() => server.close());

/** Work that goes on until it is told to end. */
function hanging(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let [resolve, reject]: [() => void, (error: Error) => void] = [() => undefined, () => undefined];
  const promise = new Promise<void>((...settle) => ([resolve, reject] = settle));
  return { promise, resolve, reject };
}

async function get(path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
  return { status: response.status, text: await response.text() };
}

describe('/readyz', () => {
  it('is 503 while the process starts and ends, and says what it does', async () => {
    expect(await get('/readyz')).toEqual({ status: 503, text: 'starting\n' });
    watch.readiness = { ready: true, text: 'worker 1 of run r1' };
    expect(await get('/readyz')).toEqual({ status: 200, text: 'worker 1 of run r1\n' });
    watch.readiness = { ready: false, text: 'ending' };
    expect(await get('/readyz')).toEqual({ status: 503, text: 'ending\n' });
  });
});

describe('/healthz', () => {
  it('is 200 from the start, also before the process is ready', async () => {
    expect(await get('/healthz')).toEqual({ status: 200, text: 'ok\n' });
  });

  it('is 503 while work goes on long after what it is for was over, and says which', async () => {
    const over = new AbortController();
    const hangs = hanging();
    const working = watch.overdue.during(over.signal, { what: 'generation 3', limitMs: 30 }, () => hangs.promise);
    await sleep(60);
    expect(await get('/healthz')).toMatchObject({ status: 200 });
    over.abort();
    expect(await get('/healthz')).toMatchObject({ status: 200 });
    await sleep(60);
    expect(await get('/healthz')).toEqual({
      status: 503,
      text: 'generation 3 has been over for 0 s and does not end\n',
    });
    hangs.resolve();
    await working;
    expect(await get('/healthz')).toMatchObject({ status: 200 });
  });

  it('counts from the start where it was over by then, and forgets work that fails', async () => {
    let nowMs = 0;
    const overdue = new Overdue(() => nowMs);
    const hangs = hanging();
    const limits = { what: 'the run', limitMs: 1_000 };
    const working = overdue.during(AbortSignal.abort(), limits, () => hangs.promise);
    expect(overdue.trouble()).toBeNull();
    nowMs = 61_000;
    expect(overdue.trouble()).toBe('the run has been over for 61 s and does not end');
    hangs.reject(new Error('gone'));
    await expect(working).rejects.toThrow('gone');
    expect(overdue.trouble()).toBeNull();
  });
});

describe('/metrics', () => {
  it('has those of the process from the start, with the labels of the run while there is one', async () => {
    const memory = /^process_resident_memory_bytes\{(.*)\} \d+$/m;
    expect(memory.exec((await get('/metrics')).text)?.[1]).toBe('role="worker"');
    const metrics = createWorkerMetrics(1, 'r1');
    watch.show(metrics);
    const { text } = await get('/metrics');
    expect(memory.exec(text)?.[1]).toBe('run="r1",worker="1",role="worker"');
    expect(text).toMatch(/^mlip_step\{run="r1",worker="1",role="worker"\} 0$/m);
    metrics.renumber(7);
    const renumbered = (await get('/metrics')).text;
    expect(memory.exec(renumbered)?.[1]).toBe('run="r1",worker="7",role="worker"');
    expect(renumbered).toMatch(/^mlip_step\{run="r1",worker="7",role="worker"\} 0$/m);
    watch.forget();
    const left = (await get('/metrics')).text;
    expect(memory.exec(left)?.[1]).toBe('role="worker"');
    expect(left).not.toContain('mlip_');
  });
});
