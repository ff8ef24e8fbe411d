/** Finds a worker by its rank or number and has it leave, also where the ranks change meanwhile. */
import { hasCode, MlipError } from '../../core/errors.js';
import { drainWorker, fetchStatus, type LauncherOptions } from '../../rpc/launcher.js';
import type { CommandReply, RunStatus } from '../../rpc/service.js';

/** The ranks may change between the question and the order, but not for long. */
const MOST_TRIES = 5;

export type WorkerChoice = { rank: number } | { worker: number };
type Seen = RunStatus['workers'][number];

/** @throws MLIP_E_WORKER_UNKNOWN, MLIP_E_WORKER_NEEDED, MLIP_E_RUN_* */
export async function drainChosen(
  address: string,
  { choice, force }: { choice: WorkerChoice; force: boolean },
  options: LauncherOptions,
): Promise<CommandReply> {
  let status = await fetchStatus(address, options);
  const chosen = chosenIn(status, choice);
  for (let tries = 1; ; tries++) {
    try {
      const { worker } = chosen;
      return await drainWorker(address, { worker, generation: status.generation, force }, options);
    } catch (error) {
      if (!hasCode(error, 'MLIP_E_RUN_STALE') || tries === MOST_TRIES) throw error;
    }
    status = await fetchStatus(address, options);
    // Its rank may be that of another worker by now, and after a restart of the coordinator so may its number.
    if (!status.workers.some((other) => isSame(other, chosen))) throw gone(chosen);
  }
}

function chosenIn({ workers, world }: RunStatus, choice: WorkerChoice): Seen {
  const found = workers.find((seen) => ('rank' in choice ? seen.rank === choice.rank : seen.worker === choice.worker));
  if (found !== undefined) return found;
  const message =
    'rank' in choice
      ? `no worker has rank ${choice.rank}: ${world === 0 ? 'nobody takes part' : `there are ranks 0 to ${world - 1}`}`
      : `the run has no worker ${choice.worker}`;
  throw new MlipError('MLIP_E_WORKER_UNKNOWN', message, { remedy: 'Look at `mlip status -o wide`.' });
}

function isSame(one: Seen, other: Seen): boolean {
  return one.worker === other.worker && one.pid === other.pid && one.host === other.host;
}

function gone({ worker }: Seen): MlipError {
  return new MlipError('MLIP_E_WORKER_UNKNOWN', `worker ${worker} is gone already`);
}
