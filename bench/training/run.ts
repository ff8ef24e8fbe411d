/** A run of ours through the command line as its users start it: a coordinator and its workers, each a process. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../src/core/package-root.js';
import { benchEnvironment } from '../access.js';
import { monotonicMs } from '../clock.js';
import { isRunning, Processes } from './processes.js';

const MLIP = join(packageRoot, 'bin', 'mlip.js');
const ENDLESS = ['--steps', '1000000'];
const LISTEN_LIMIT_MS = 30_000;

export interface RunOptions {
  /** For what the run leaves; a fresh one. */
  folder: string;
  /** Path of the manifest to train on. */
  manifest: string;
  /** What differs from a recipe, which it names. */
  config: object;
  /** That the run starts with. */
  workers: number;
  /** Intra-op threads of each. */
  threads: number;
}

export interface Run {
  /** OUT of the run. */
  out: string;
  address: string;
  coordinator: ChildProcess;
  processes: Processes;
  /** @param name of its log */
  startWorker: (name: string) => ChildProcess;
}

/** Starts a coordinator that listens, and no worker yet. */
export async function startRun(options: RunOptions): Promise<Run> {
  const { folder, threads } = options;
  const processes = new Processes(folder);
  const out = join(folder, 'out');
  const coordinator = startCoordinator(processes, options, out);
  const address = await addressOf(processes, coordinator, out);
  const args = [MLIP, 'worker', '--coordinator', address, '--threads', String(threads)];
  const env = { ...benchEnvironment, OMP_NUM_THREADS: String(threads) };
  const startWorker = (name: string): ChildProcess => processes.start(name, process.execPath, args, env);
  return { out, address, coordinator, processes, startWorker };
}

function startCoordinator(processes: Processes, { folder, manifest, config, workers }: RunOptions, out: string) {
  const file = join(folder, 'config.yaml');
  // YAML takes JSON as it is.
  writeFileSync(file, JSON.stringify(config));
  const place = ['--workers', String(workers), '--host', '127.0.0.1', '--port', '0', '--out', out];
  const args = [MLIP, 'coordinator', file, '--data', manifest, ...ENDLESS, ...place];
  return processes.start('coordinator', process.execPath, args, benchEnvironment);
}

/** Where the coordinator listens, from the run.json that it writes. */
async function addressOf(processes: Processes, coordinator: ChildProcess, out: string): Promise<string> {
  const file = join(out, 'run.json');
  const deadline = monotonicMs() + LISTEN_LIMIT_MS;
  while (!existsSync(file)) {
    if (!isRunning(coordinator) || monotonicMs() > deadline) {
      throw new Error(`the coordinator did not start\n${processes.lastWords('coordinator')}`);
    }
    await sleep(20);
  }
  return (JSON.parse(readFileSync(file, 'utf8')) as { coordinator: { address: string } }).coordinator.address;
}
