/** A coordinator in this process, on a free port of the loopback interface, and workers that join it. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../../src/core/log.js';
import type { RunOutcome } from '../../src/coordinator/events.js';
import { type CoordinatorOptions, runCoordinator } from '../../src/coordinator/run.js';
import { testConfig } from './config.js';
import { testAccess } from '../support/access.js';
import { type JoinOptions, type Session, type StepReport, joinRun } from '../../src/worker/session.js';

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
}

/** Resolves once the coordinator listens; rejects if it does not come that far. */
export async function startRun(options: Partial<CoordinatorOptions> = {}): Promise<TestRun> {
  const out = options.out ?? scratch();
  const stopper = new AbortController();
  return new Promise((resolve, reject) => {
    const outcome = runCoordinator({
      ...{ host: '127.0.0.1', port: 0, world: 2, config: testConfig(), configText: 'name: test\n', out, resume: null },
      ...{ access: testAccess, metricsPort: null, supervised: false, log, signal: stopper.signal },
      onListening: (address) => resolve({ address, out, outcome, stop: () => stopper.abort() }),
      ...options,
    });
    outcome.catch(reject);
  });
}

export function joinTest(address: string, changes: Partial<JoinOptions> = {}): Promise<Session> {
  const own = { host: '127.0.0.1', listenPort: 9000, pid: process.pid, device: 'cpu' };
  return joinRun({ address, ...own, access: testAccess, log, timeouts: { connectMs: 5_000 }, ...changes });
}

/** Sessions in order of rank. */
export async function joinAll(address: string, world: number): Promise<Session[]> {
  const sessions = await Promise.all(Array.from({ length: world }, () => joinTest(address)));
  return sessions.sort((a, b) => a.rank - b.rank);
}

export const loaded = { rows: 60, dataHash: 'd', parametersHash: 'p' };

export async function startAll(address: string, world: number): Promise<Session[]> {
  const sessions = await joinAll(address, world);
  await Promise.all(sessions.map((session) => session.ready(loaded)));
  return sessions;
}

export function report(loss: number): StepReport {
  const waits = { dataWaitSeconds: 0, commWaitSeconds: 0 };
  return { whole: { loss, loss_global: loss }, learningRate: 0.001, gradNorm: 1, ...waits };
}

export function metricsOf(out: string): Record<string, number>[] {
  const lines = readFileSync(join(out, 'metrics.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, number>);
}
