/**
 * Our side, through the command line as its users start it: a coordinator and two workers. The survivor goes on alone, and
 * a worker that is started later joins. Steps are those of metrics.jsonl, at the moment at which this process sees them.
 */
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../src/core/package-root.js';
import { benchEnvironment } from '../access.js';
import { monotonicMs } from '../clock.js';
import { followLines } from './follow.js';
import { isRunning, Processes } from './processes.js';
import { WORKERS, type Side, type Training } from './side.js';
import { readSizes } from './sizes.js';
import { stepEventOfMetrics, type StepEvent } from './step-event.js';

const MLIP = join(packageRoot, 'bin', 'mlip.js');
const ENDLESS = ['--steps', '1000000'];
const LISTEN_LIMIT_MS = 30_000;

/** @param manifest of a corpus that lasts for the run. */
export function ourSide(manifest: string, threads: number): Side {
  return { name: 'mlip', start: (folder) => start(manifest, threads, folder) };
}

async function start(manifest: string, threads: number, folder: string): Promise<Training> {
  const processes = new Processes(folder);
  const out = join(folder, 'out');
  const coordinator = startCoordinator(processes, manifest, folder, out);
  const address = await addressOf(processes, coordinator, out);
  const startWorker = (name: string): ChildProcess =>
    processes.start(name, process.execPath, workerArgs(address, threads), {
      ...benchEnvironment,
      OMP_NUM_THREADS: String(threads),
    });
  const workers = Array.from({ length: WORKERS }, (_, worker) => startWorker(`worker-${worker}`));
  const events: StepEvent[] = [];
  const unfollow = followLines(join(out, 'metrics.jsonl'), (line) => {
    events.push(stepEventOfMetrics(line, monotonicMs()));
  });
  return {
    events,
    workers: () => workers.map(({ pid }) => pid!),
    replace: () => {
      workers[workers.findIndex((worker) => !isRunning(worker))] = startWorker('replacement');
    },
    ended: () => {
      if (!isRunning(coordinator)) return `the coordinator ended\n${processes.lastWords('coordinator')}`;
      return workers.some(isRunning) ? undefined : `both workers ended\n${processes.lastWords('worker-0')}`;
    },
    stop: async () => {
      await processes.stop();
      unfollow();
    },
  };
}

function workerArgs(address: string, threads: number): string[] {
  return [MLIP, 'worker', '--coordinator', address, '--threads', String(threads)];
}

function startCoordinator(processes: Processes, manifest: string, folder: string, out: string): ChildProcess {
  const config = join(folder, 'config.yaml');
  // YAML takes JSON as it is.
  writeFileSync(config, JSON.stringify(configOf(readSizes())));
  const place = ['--workers', String(WORKERS), '--host', '127.0.0.1', '--port', '0', '--out', out];
  const args = [MLIP, 'coordinator', config, '--data', manifest, ...ENDLESS, ...place];
  return processes.start('coordinator', process.execPath, args, benchEnvironment);
}

/** The recipe clip-nano at the sizes that the other sides have, too. */
function configOf(sizes: ReturnType<typeof readSizes>): object {
  const { imageSize, patchSize, width, heads, mlpWidth, pieces, headWidth, embeddingWidth } = sizes;
  const layers = { width, heads, mlpWidth };
  return {
    recipe: 'clip-nano',
    batchSize: sizes.batch,
    microBatchSize: sizes.microBatch,
    data: { vocabularySize: sizes.vocabularySize, maxPieces: pieces },
    model: {
      vision: { imageSize, patchSize, layers: sizes.visionLayers, ...layers },
      text: { layers: sizes.textLayers, maxPositions: pieces, ...layers },
      ...{ headWidth, embeddingWidth },
    },
    optimizer: { learningRate: sizes.learningRate },
  };
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
