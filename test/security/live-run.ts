/** A run in progress, for tests of what happens beside it: a real coordinator, and workers that compute nothing. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type StartOptions,
  type TestRun,
  metricsOf,
  scratch,
  startRun,
  startWorkers,
  testConfig,
  type Watched,
} from '../coordinator/harness.js';
import type { SessionClaim } from '../../src/rpc/tensor-stream.js';
import { holdPorts, release } from '../run/ports.js';

const WORLD = 2;

export interface LiveRun {
  address: string;
  out: string;
  /** Counts of `mlip_refused_total` by reason, as Prometheus gets them. */
  refused(): Promise<Record<string, number>>;
  /** Steps that all workers have applied. */
  steps(): number;
  /** Who the worker of that number is, as it shows with each gather. */
  session(number: number): SessionClaim;
  /** Waits until that many more steps are applied. */
  moreSteps(count: number): Promise<void>;
  /** Stops the run; throws unless it ended in order, with all its workers. */
  finish(): Promise<void>;
}

export async function liveRun(options: StartOptions = {}): Promise<LiveRun> {
  const { first: metricsPort, servers } = await holdPorts(1);
  await release(servers);
  const config = testConfig({ steps: 1_000_000, timeouts: { heartbeatMs: 1_000 } });
  const run = await startRun({ config, metricsPort, out: scratch(), ...options });
  const workers = startWorkers(run.address, WORLD, { stepMs: 20 });
  const training = workers.map(({ worker }) => worker.ended);
  const steps = (): number => (existsSync(join(run.out, 'metrics.jsonl')) ? metricsOf(run.out).length : 0);
  return {
    ...{ address: run.address, out: run.out, steps },
    session: (number) => workers.find(({ worker }) => worker.number === number)!.worker.session,
    refused: () => refusedAt(metricsPort),
    async moreSteps(count) {
      const goal = steps() + count;
      await Promise.race([Promise.all(training), until(() => steps() >= goal)]);
      if (steps() < goal) throw new Error(`the run ended after ${steps()} steps`);
    },
    finish: () => finish(run, training),
  };
}

async function finish(run: TestRun, training: Watched['worker']['ended'][]): Promise<void> {
  run.stop();
  for (const end of await Promise.all(training)) if ('error' in end) throw end.error;
  const outcome = await run.outcome;
  rmSync(run.out, { recursive: true });
  if (outcome.kind !== 'stopped') throw new Error(`the run has ${JSON.stringify(outcome)}`);
}

async function refusedAt(port: number): Promise<Record<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const lines = text.matchAll(/^mlip_refused_total\{reason="(\w+)".*\} (\d+)$/gm);
  return Object.fromEntries(Array.from(lines, ([, reason, count]) => [reason, Number(count)]));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
