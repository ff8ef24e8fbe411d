/** Takes a submitted run out of the queue, or stops it where somebody has begun with it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store, WaitingItem } from '../../bus/store.js';
import { findLeader } from '../../coordinator/find-leader.js';
import { parseSubmission, submittedRuns, type Submission } from '../../coordinator/submission.js';
import { MlipError } from '../../core/errors.js';
import type { CommandReply } from '../../rpc/service.js';

/** Who has taken a run leads it soon, or gives it back. */
const PATIENCE_MS = 20_000;
const LOOK_MS = 300;

/** Stops the run that is led at that address. */
export type Stop = (address: string) => Promise<CommandReply>;

/**
 * @param run name of a run, or the id of its submission
 * @throws MLIP_E_RUN_UNKNOWN, MLIP_E_RPC_UNREACHABLE where it is taken and nobody leads it, and what `stop` throws
 */
export async function cancelRun(store: Store, run: string, stop: Stop): Promise<CommandReply> {
  const queue = await submittedRuns(store);
  const startMs = performance.now();
  for (let withdrawn = 0; ; await sleep(LOOK_MS)) {
    const submitted = (await queue.list()).filter((item) => isMeant(item, run));
    const taken: WaitingItem[] = [];
    for (const item of submitted) {
      if (await queue.withdraw(item.id)) withdrawn++;
      else taken.push(item);
    }
    if (taken.length === 0 && withdrawn > 0) return { changed: true, text: `run ${run} is taken out of the queue` };
    if (taken.length === 0) throw unknown(store, run);
    const address = await leaderOf(store, nameOf(taken[0]) ?? run);
    if (address !== undefined) return begun(run, await stop(address));
    if (performance.now() - startMs > PATIENCE_MS) throw unled(store, run);
  }
}

function isMeant(item: WaitingItem, run: string): boolean {
  return item.id === run || nameOf(item) === run;
}

/** Undefined for what another version has submitted. */
function nameOf({ value }: WaitingItem): Submission['name'] | undefined {
  try {
    return parseSubmission(value).name;
  } catch {
    return undefined;
  }
}

async function leaderOf(store: Store, name: string): Promise<string | undefined> {
  return (await findLeader(store, name)()).at(0);
}

function begun(run: string, { changed, text }: CommandReply): CommandReply {
  return { changed, text: `run ${run} has begun: ${text}` };
}

function unknown({ where }: Store, run: string): MlipError {
  return new MlipError('MLIP_E_RUN_UNKNOWN', `no run ${run} waits in the queue or has come from there`, {
    where,
    remedy: 'Look at `mlip events`; `mlip stop` ends a run that was started by hand.',
  });
}

function unled({ where }: Store, run: string): MlipError {
  return new MlipError('MLIP_E_RPC_UNREACHABLE', `somebody has taken run ${run}, and does not lead it yet`, {
    where,
    remedy: 'Try again in a moment.',
  });
}
