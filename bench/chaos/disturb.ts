/** Does what a plan says to the processes and the network of a run. */
import type { Cluster } from './cluster.js';
import type { Kind } from './kinds.js';
import type { Link } from './link.js';
import { leaderOf, patiently, servingIn } from './members.js';
import type { Disturbance } from './plan.js';
import { WORKERS } from './settings.js';
import type { Slot } from './slot.js';
import type { Supervised } from './supervised.js';

/** What was hit; null where there was nothing to hit. */
export type Hit = string | null;

/** Resolves as soon as it is done; what ends it comes later by itself. Nobody is waited for once `signal` aborts. */
export function disturb(cluster: Cluster, disturbance: Disturbance, signal: AbortSignal): Promise<Hit> {
  return ACTIONS[disturbance.kind]({ cluster, signal, ...disturbance });
}

interface Context extends Disturbance {
  readonly cluster: Cluster;
  readonly signal: AbortSignal;
}

type Action = (context: Context) => Promise<Hit>;
/** Done to one of those that can be hit. */
type Blow<Target> = (target: Target, lastsMs: number) => void;

const EXTRA_MS = 100;
/** Until a worker that can reach the run again has been lost and has come back. */
const BACK_MS = 2_000;

const kill: Blow<Supervised> = (process, lastsMs) => process.kill(lastsMs);
const terminate: Blow<Supervised> = (process, lastsMs) => process.terminate(lastsMs);
const cut: Blow<Link> = (link) => link.cut();
const refuse: Blow<Link> = (link, lastsMs) => link.refuse(lastsMs);
const stall: Blow<Link> = (link, lastsMs) => link.stall(lastsMs);
const delay: Blow<Link> = (link, lastsMs) => link.delay(EXTRA_MS, lastsMs);

const freeze: Blow<Supervised> = (process, lastsMs) => {
  later(process, lastsMs, () => process.thaw());
  process.freeze();
};

const freezeForGood: Blow<Supervised> = (process, lastsMs) => {
  later(process, lastsMs, () => process.kill());
  process.freeze();
};

/** Who joined on the way goes for good, so that there is room for another one. */
const letGo: Blow<Slot> = ({ index, process }, lastsMs) => process.terminate(index < WORKERS ? lastsMs : null);

/** Somebody else must be left who has the state, where the blow ends a worker's part for a while. */
const ACTIONS: Record<Kind, Action> = {
  killWorker: onServing(1, onProcess(kill)),
  killTwoWorkers: onServing(2, onProcess(kill)),
  freezeWorker: onAnyWorker(onProcess(freeze)),
  loseFrozenWorker: onServing(1, onProcess(freeze)),
  freezeWorkerForGood: onServing(1, onProcess(freezeForGood)),
  leave: onServing(1, letGo),
  join,
  killCoordinator: onLeader(kill),
  killStandby: onStandby(kill),
  freezeCoordinator: onLeader(freeze),
  deposeCoordinator: onLeader(freeze),
  handOver: onLeader(terminate),
  killStore: onNats(kill),
  loseStore: onNats(kill),
  freezeStore: onNats(freeze),
  cutStore: async ({ cluster: { toNats }, lastsMs }) => (toNats!.refuse(lastsMs), 'coordinators to nats-server'),
  cutWorker: onAnyWorker(onCoordinatorLinks(cut)),
  partitionWorker: onServing(1, onCoordinatorLinks(refuse)),
  stallWorker: onServing(1, onCoordinatorLinks(stall)),
  delayWorker: onAnyWorker(onCoordinatorLinks(delay)),
  cutPeers: onAnyWorker(onPeerLink(cut)),
  partitionPeers: onAnyWorker(onPeerLink(refuse)),
  stallPeers: onAnyWorker(onPeerLink(stall)),
  delayPeers: onAnyWorker(onPeerLink(delay)),
};

function onServing(count: number, blow: Blow<Slot>): Action {
  return async ({ cluster, signal, target, lastsMs }) => {
    const serving = await patiently(signal, async () => {
      const found = ((await servingIn(cluster)) ?? []).filter(({ awayUntilMs }) => awayUntilMs < performance.now());
      return found.length > count ? found : undefined;
    });
    if (serving === undefined) return null;
    const first = Math.floor(target * serving.length);
    const hit = Array.from({ length: count }, (_, index) => serving[(first + index) % serving.length]);
    for (const slot of hit) slot.awayUntilMs = performance.now() + lastsMs + BACK_MS;
    return hit.map((slot) => strikeHard(slot, slot.process, blow, lastsMs)).join(', ');
  };
}

function onAnyWorker(blow: Blow<Slot>): Action {
  return async ({ cluster, target, lastsMs }) => {
    const awake = cluster.slots.filter(({ process }) => process.awake);
    if (awake.length === 0) return null;
    const slot = awake[Math.floor(target * awake.length)];
    return strike(slot, slot.process, blow, lastsMs);
  };
}

function onLeader(blow: Blow<Supervised>): Action {
  return async ({ cluster, signal, lastsMs }) => {
    const leader = await patiently(signal, async () => leaderOf(cluster));
    return leader === undefined ? null : strikeHard(leader, leader, blow, lastsMs);
  };
}

function onStandby(blow: Blow<Supervised>): Action {
  return async ({ cluster, signal, lastsMs }) => {
    const standby = await patiently(signal, async () => {
      const leader = leaderOf(cluster);
      return cluster.coordinators.find((other) => leader !== undefined && other !== leader && other.awake);
    });
    return standby === undefined ? null : strikeHard(standby, standby, blow, lastsMs);
  };
}

function onNats(blow: Blow<Supervised>): Action {
  return async ({ cluster: { nats }, lastsMs }) => strike(nats!, nats!, blow, lastsMs);
}

async function join({ cluster }: Context): Promise<Hit> {
  const free = cluster.slots.find(({ process }) => process.idle);
  if (free === undefined) return null;
  await free.process.start();
  return describe(free.process);
}

function onProcess(blow: Blow<Supervised>): Blow<Slot> {
  return ({ process }, lastsMs) => blow(process, lastsMs);
}

function onCoordinatorLinks(blow: Blow<Link>): Blow<Slot> {
  return ({ toCoordinators }, lastsMs) => toCoordinators.forEach((link) => blow(link, lastsMs));
}

function onPeerLink(blow: Blow<Link>): Blow<Slot> {
  return ({ fromPeers }, lastsMs) => blow(fromPeers, lastsMs);
}

function strike<Target>(target: Target, process: Supervised, blow: Blow<Target>, lastsMs: number): string {
  const hit = describe(process);
  blow(target, lastsMs);
  return hit;
}

/** It may end by that. */
function strikeHard<Target>(target: Target, process: Supervised, blow: Blow<Target>, lastsMs: number): string {
  if (process.pid !== undefined) process.excused.add(process.pid);
  return strike(target, process, blow, lastsMs);
}

function describe({ name, pid }: Supervised): string {
  return `${name} (process ${pid})`;
}

/** Unless another process has taken its place by then. */
function later(process: Supervised, afterMs: number, action: () => void): void {
  const { pid } = process;
  setTimeout(() => {
    if (process.pid === pid) action();
  }, afterMs).unref();
}
