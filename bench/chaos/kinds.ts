/** What can happen to a run: every kind of disturbance, how often it is drawn, and how long it lasts. */

/** Where the run's record and its leader are kept. */
export type StoreKind = 'alone' | 'directory' | 'nats';

export interface KindFacts {
  /** Cards of this kind in a deck. */
  readonly weight: number;
  /** How long it lasts, or until what was killed is started again: shortest and longest. */
  readonly lastsMs: readonly [number, number];
  /** In runs of these; everywhere where it is left out. */
  readonly stores?: readonly StoreKind[];
  readonly what: string;
}

const SHARED = ['directory', 'nats'] as const;
const NATS = ['nats'] as const;

/** Deadlines of the run: 1.5 s of silence lose a worker, 3 s a leader (settings.ts). */
export const KINDS = {
  killWorker: { weight: 4, lastsMs: [0, 2000], what: 'SIGKILL to a worker' },
  killTwoWorkers: { weight: 1, lastsMs: [0, 2000], what: 'SIGKILL to two workers at once' },
  freezeWorker: { weight: 1, lastsMs: [200, 800], what: 'SIGSTOP to a worker, SIGCONT before the deadline' },
  loseFrozenWorker: { weight: 2, lastsMs: [2500, 4500], what: 'SIGSTOP to a worker, SIGCONT after the deadline' },
  freezeWorkerForGood: { weight: 1, lastsMs: [2500, 4500], what: 'SIGSTOP to a worker, never continued' },
  leave: { weight: 2, lastsMs: [0, 2000], what: 'SIGTERM to a worker' },
  join: { weight: 2, lastsMs: [0, 0], what: 'one more worker' },
  killCoordinator: { weight: 3, lastsMs: [0, 1500], what: 'SIGKILL to the leading coordinator' },
  killStandby: { weight: 1, lastsMs: [0, 1500], stores: SHARED, what: 'SIGKILL to the coordinator that stands by' },
  freezeCoordinator: { weight: 1, lastsMs: [200, 1000], what: 'SIGSTOP to the leading coordinator, for a moment' },
  deposeCoordinator: {
    ...{ weight: 2, lastsMs: [4000, 6000], stores: SHARED },
    what: 'SIGSTOP to the leading coordinator, past its lease',
  },
  handOver: { weight: 1, lastsMs: [0, 1000], what: 'SIGTERM to the leading coordinator' },
  killStore: { weight: 2, lastsMs: [0, 2000], stores: NATS, what: 'SIGKILL to nats-server' },
  loseStore: { weight: 1, lastsMs: [4000, 6000], stores: NATS, what: 'SIGKILL to nats-server, away past the lease' },
  freezeStore: { weight: 1, lastsMs: [300, 2500], stores: NATS, what: 'SIGSTOP to nats-server' },
  cutStore: { weight: 1, lastsMs: [0, 1500], stores: NATS, what: 'connections to nats-server dropped' },
  cutWorker: { weight: 2, lastsMs: [0, 0], what: 'connections of a worker to the coordinators dropped' },
  partitionWorker: { weight: 2, lastsMs: [500, 4000], what: 'the same, and new ones refused' },
  stallWorker: { weight: 1, lastsMs: [300, 3000], what: 'nothing passes between a worker and the coordinators' },
  delayWorker: { weight: 1, lastsMs: [1000, 3000], what: '100 ms more between a worker and the coordinators' },
  cutPeers: { weight: 2, lastsMs: [0, 0], what: 'connections of other workers to one dropped' },
  partitionPeers: { weight: 1, lastsMs: [300, 1500], what: 'the same, and new ones refused' },
  stallPeers: { weight: 1, lastsMs: [300, 2500], what: 'nothing passes from other workers to one' },
  delayPeers: { weight: 1, lastsMs: [1000, 3000], what: '100 ms more between workers' },
} as const satisfies Record<string, KindFacts>;

export type Kind = keyof typeof KINDS;

export const ALL_KINDS = Object.keys(KINDS) as Kind[];

export function factsOf(kind: Kind): KindFacts {
  return KINDS[kind];
}

/** Whether it can happen in a run with that store. */
export function happensWith(kind: Kind, store: StoreKind): boolean {
  return factsOf(kind).stores?.includes(store) ?? true;
}
