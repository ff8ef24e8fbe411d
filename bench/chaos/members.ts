/** Who leads the run and who takes part in it, as run.json and the leader's status say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunToken } from '../../src/security/run-token.js';
import type { Access } from '../../src/security/access.js';
import { fetchStatus } from '../../src/rpc/launcher.js';
import { type Cluster, runFolder } from './cluster.js';
import type { Slot } from './slot.js';
import type { Supervised } from './supervised.js';

const STATUS_MS = 1_000;
const AGAIN_MS = 100;

/** The coordinator that wrote run.json last. */
export function leaderOf({ coordinators, options }: Cluster): Supervised | undefined {
  const pid = readInfo(runFolder(options.out))?.coordinator.pid;
  return coordinators.find((coordinator) => coordinator.pid !== undefined && coordinator.pid === pid);
}

/** Workers that hold the state and are awake; null where no leader answers. */
export async function servingIn(cluster: Cluster): Promise<Slot[] | null> {
  const address = readInfo(runFolder(cluster.options.out))?.coordinator.address;
  if (address === undefined) return null;
  try {
    const { workers } = await fetchStatus(address, { timeoutMs: STATUS_MS, access: accessOfRun() });
    // Who has just come has no share yet, and may still be copying the state.
    const holders = workers.filter(({ standing, microBatches }) => standing === 'serving' && microBatches > 0);
    const pids = new Set(holders.map(({ pid }) => pid));
    return cluster.slots.filter(({ process: { awake, pid } }) => awake && pid !== undefined && pids.has(pid));
  } catch {
    return null;
  }
}

/** What `look` finds, as soon as it finds anything; undefined where `signal` aborts before. */
export async function patiently<T>(signal: AbortSignal, look: () => Promise<T | undefined>): Promise<T | undefined> {
  for (;;) {
    const found = await look();
    if (found !== undefined || signal.aborted) return found;
    await sleep(AGAIN_MS);
  }
}

/** All processes of a campaign have the token in their environment. */
function accessOfRun(): Access {
  return { token: new RunToken(process.env['MLIP_TOKEN']!, 'MLIP_TOKEN'), tls: null };
}

interface Info {
  coordinator: { address: string; pid: number };
}

function readInfo(out: string): Info | undefined {
  try {
    return JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as Info;
  } catch {
    return undefined;
  }
}
