/**
 * TorchFT's side: a lighthouse and two replica groups of one worker each over gloo. The survivor goes on alone.
 *
 * A replica counts as lost after a second without heartbeat (it sends ten a second; the default is 5 s).
 */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageRoot } from '../../src/core/package-root.js';
import { monotonicMs } from '../clock.js';
import { followLines } from '../training/follow.js';
import { isRunning, Processes } from '../training/processes.js';
import { WORKERS, type Side, type Training } from './side.js';
import { stepEventOf, type StepEvent } from './step-event.js';

const SCRIPT = join(packageRoot, 'bench', 'recovery', 'torchft_worker.py');
const MEMBERSHIP = ['--min_replicas', '1', '--heartbeat_timeout_ms', '1000'];
const QUICK = ['--quorum_tick_ms', '20', '--join_timeout_ms', '10000'];
const LISTEN_LIMIT_MS = 10_000;

export function torchftSide(python: string, threads: number): Side {
  return { name: 'TorchFT', start: (folder) => start(python, threads, folder) };
}

async function start(python: string, threads: number, folder: string): Promise<Training> {
  const processes = new Processes(folder);
  const lighthouse = await startLighthouse(processes, python);
  const env = { TORCHFT_LIGHTHOUSE: lighthouse, OMP_NUM_THREADS: String(threads) };
  const startWorker = (worker: number, name = `worker-${worker}`): ChildProcess =>
    processes.start(name, python, [SCRIPT, folder, String(worker)], env);
  const workers = Array.from({ length: WORKERS }, (_, worker) => startWorker(worker));
  const events: StepEvent[] = [];
  const unfollow = followLines(join(folder, 'record.jsonl'), (line) => events.push(stepEventOf(line)));
  return {
    events,
    workers: () => workers.map(({ pid }) => pid!),
    replace: () => {
      const lost = workers.findIndex((worker) => !isRunning(worker));
      workers[lost] = startWorker(lost, 'replacement');
    },
    ended: () => (workers.some(isRunning) ? undefined : `both workers ended\n${processes.lastWords('worker-0')}`),
    stop: async () => {
      await processes.stop();
      unfollow();
    },
  };
}

/** Its address, which it tells in its log. */
async function startLighthouse(processes: Processes, python: string): Promise<string> {
  const name = 'lighthouse';
  // Through the interpreter: the script's first line names the place in which it was installed, which was another.
  const program = join(dirname(python), 'torchft_lighthouse');
  processes.start(name, python, [program, '--bind', '127.0.0.1:0', ...MEMBERSHIP, ...QUICK]);
  const deadline = monotonicMs() + LISTEN_LIMIT_MS;
  for (;;) {
    const port = /listening on: http:\/\/.*:(\d+)/.exec(readFileSync(processes.logOf(name), 'utf8'))?.[1];
    if (port !== undefined) return `http://127.0.0.1:${port}`;
    if (monotonicMs() > deadline) throw new Error(`TorchFT's lighthouse did not start\n${processes.lastWords(name)}`);
    await sleep(20);
  }
}
