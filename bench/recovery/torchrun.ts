/**
 * torchrun's side: two workers over gloo and a checkpoint after each step. torchrun restarts both when one is lost.
 *
 * Without TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 a restart often hangs. The agent looks at its workers every 20 ms.
 */
import { join } from 'node:path';
import { packageRoot } from '../../src/core/package-root.js';
import { followLines } from '../training/follow.js';
import { isRunning, Processes } from '../training/processes.js';
import { WORKERS, type Side, type Training } from './side.js';
import { stepEventOf, type StepEvent } from './step-event.js';

const SCRIPT = join(packageRoot, 'bench', 'recovery', 'torchrun_worker.py');
const ELASTIC = ['--standalone', '--nnodes=1', `--nproc-per-node=${WORKERS}`];
const QUICK = ['--max-restarts=100', '--monitor-interval=0.02'];
const ENVIRONMENT = { TORCH_DISABLE_SHARE_RDZV_TCP_STORE: '1' };
/** It ends its workers when it is asked to; killed, it could not. */
const GENTLY_MS = 5_000;

export function torchrunSide(python: string, threads: number): Side {
  return { name: 'torchrun', start: async (folder) => start(python, threads, folder) };
}

function start(python: string, threads: number, folder: string): Training {
  const processes = new Processes(folder);
  const events: StepEvent[] = [];
  const unfollow = followLines(join(folder, 'record.jsonl'), (line) => events.push(stepEventOf(line)));
  const args = ['-m', 'torch.distributed.run', ...ELASTIC, ...QUICK, SCRIPT, folder];
  const agent = processes.start('torchrun', python, args, { ...ENVIRONMENT, OMP_NUM_THREADS: String(threads) });
  return {
    events,
    workers: () => workersOf(events),
    replace: null,
    ended: () => (isRunning(agent) ? undefined : `torchrun ended\n${processes.lastWords('torchrun')}`),
    stop: async () => {
      await processes.stop(GENTLY_MS);
      unfollow();
    },
  };
}

/** Those that told of a step in the newest generation. */
function workersOf(events: readonly StepEvent[]): number[] {
  const newest = Math.max(...events.map(({ generation }) => generation));
  const pids = events.filter(({ generation }) => generation === newest).map(({ pid }) => pid!);
  return [...new Set(pids)].toSorted((a, b) => a - b);
}
