/** A worker that is told to go before it has joined: it does not wait for a coordinator that may never come. */
import { describe, expect, it } from 'vitest';
import { runWorker, type WorkerOptions } from '../../src/worker/run-worker.js';
import { silent } from '../collectives/rings.js';
import { testAccess } from '../support/access.js';
import { freePorts } from '../support/nats-server.js';

type Told = Partial<Pick<WorkerOptions, 'signal' | 'leave' | 'metricsPort'>>;

/** `host`: undefined is found out, for which a coordinator must be known. */
function worker(told: Told, host?: string) {
  const find = async (): Promise<string[]> => [];
  return runWorker({ find, host, access: testAccess, metricsPort: null, log: silent, ...told });
}

/** A signal that is aborted at once, or while the worker looks for a coordinator. */
function aborted(when: string): AbortSignal {
  if (when === 'before') return AbortSignal.abort();
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 200);
  return controller.signal;
}

describe('a worker that looks for its coordinator', () => {
  it('is well, and not ready', async () => {
    const [metricsPort] = await freePorts(1);
    const leave = new AbortController();
    const working = worker({ leave: leave.signal, metricsPort }, '127.0.0.1');
    const get = (path: string) => fetch(`http://127.0.0.1:${metricsPort}${path}`);
    await expect.poll(() => get('/healthz').catch(() => null)).toMatchObject({ status: 200 });
    const readiness = await get('/readyz');
    expect(readiness.status).toBe(503);
    expect(await readiness.text()).toBe('looking for the coordinator\n');
    expect((await get('/metrics')).status).toBe(200);
    leave.abort();
    expect(await working).toBe('left');
    await expect(get('/healthz')).rejects.toThrow();
  });
});

describe.each(['before', 'while'])('a worker that is told to go %s it looks for its coordinator', (when) => {
  it.each([undefined, '127.0.0.1'])('ends with the reason, its host being %s', async (host) => {
    await expect(worker({ signal: aborted(when) }, host)).rejects.toMatchObject({ code: 'MLIP_E_INTERRUPTED' });
    expect(await worker({ leave: aborted(when) }, host)).toBe('left');
  });
});
