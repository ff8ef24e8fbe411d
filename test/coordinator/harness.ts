/** A coordinator in this process, on a free port of the loopback interface, and workers that join it. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MlipError } from '../../src/core/errors.js';
import { createLogger } from '../../src/core/log.js';
import type { RunOutcome } from '../../src/coordinator/events.js';
import { type CoordinatorOptions, runCoordinator } from '../../src/coordinator/run.js';
import { serving } from '../../src/metrics/server.js';
import { CoordinatorWatch } from '../../src/metrics/coordinator-watch.js';
import { testAccess } from '../support/access.js';
import { testConfig } from './config.js';
import { type ModelOptions, ModelWorker } from './model-worker.js';

export { testConfig };

export const log = createLogger({ name: 'test', level: 'error', write: () => undefined });

export function scratch(): string {
  return mkdtempSync(join(tmpdir(), 'mlip-test-'));
}

export interface TestRun {
  address: string;
  out: string;
  outcome: Promise<RunOutcome>;
  stop: () => void;
  /** Ends this coordinator, and leaves the run to another one. */
  handOver: () => void;
}

export interface StartOptions extends Partial<CoordinatorOptions> {
  metricsPort?: number;
}

/** Resolves once the coordinator listens; rejects if it does not come that far. */
export async function startRun({ metricsPort, ...options }: StartOptions = {}): Promise<TestRun> {
  const watch = new CoordinatorWatch();
  const out = options.out ?? scratch();
  const [stopper, leaver] = [new AbortController(), new AbortController()];
  const handOver = (): void => leaver.abort(new MlipError('MLIP_E_HANDED_OVER', 'told to go'));
  return new Promise((resolve, reject) => {
    const place = { host: '127.0.0.1', port: metricsPort ?? null };
    const given: CoordinatorOptions = {
      ...{
        host: '127.0.0.1',
        port: 0,
        workers: 2,
        config: testConfig(),
        configText: 'name: test\n',
        out,
        resume: null,
        shared: null,
      },
      ...{ access: testAccess, watch, supervised: false, log, signal: stopper.signal },
      handOver: leaver.signal,
      onListening: (address) => resolve({ address, out, outcome, stop: () => stopper.abort(), handOver }),
      ...options,
    };
    const outcome = serving(watch, place, () => runCoordinator(given));
    outcome.catch(reject);
  });
}

export interface Watched {
  worker: ModelWorker;
  /** All that has happened to it. */
  events: Record<string, unknown>[];
}

export function startWorker(address: string, options: Partial<ModelOptions> = {}): Watched {
  const events: Record<string, unknown>[] = [];
  return {
    worker: new ModelWorker({ addresses: [address], onEvent: (event) => events.push(event), ...options }),
    events,
  };
}

export function startWorkers(address: string, count: number, options: Partial<ModelOptions> = {}): Watched[] {
  return Array.from({ length: count }, () => startWorker(address, options));
}

/** Waits until something is so. */
export async function until(condition: () => boolean, timeoutMs = 15_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${condition.toString()}`);
    await sleep(5);
  }
}

export function metricsOf(out: string): Record<string, number>[] {
  const path = join(out, 'metrics.jsonl');
  const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  return lines.map((line) => JSON.parse(line) as Record<string, number>);
}
