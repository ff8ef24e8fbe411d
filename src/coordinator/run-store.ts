/**
 * Leadership of a run in a store that coordinators share: one of them holds the lease and commands, the record of the run
 * is there for the next one, and what happens is appended to a log of events.
 */
import { hostname } from 'node:os';
import { acquireLease, type Lease, type LeaseRequest, tryToAcquireLease } from '../bus/lease.js';
import { pause } from '../bus/pause.js';
import type { KeyValue, Store } from '../bus/store.js';
import { hasCode, MlipError } from '../core/errors.js';
import type { Logger } from '../core/log.js';
import type { RecordKeeper } from './record-keeper.js';
import { type RunRecord, formatRecord, parseRecord } from './run-record.js';

export const LEASES = 'mlip-leases';
export const RUNS = 'mlip-runs';

const RETRY_MS = 200;

export interface LeadOptions {
  store: Store;
  /** Of the run, among those of the store. */
  name: string;
  /** Where workers will reach this coordinator; empty where that is not known yet. */
  address: string;
  leaseMs: number;
  /** Ends the wait for the lease. */
  signal?: AbortSignal;
  /** Another one leads: this one waits. */
  standsBy?: () => void;
  log: Logger;
}

export interface Leadership {
  /** Greater than that of any leader before; null where the run is this coordinator's alone. */
  token: number | null;
  record: RunRecord | null;
  keeper: RecordKeeper;
  /** Whether another one led first. */
  waited: boolean;
  /** Aborted when the lease is lost. */
  lost: AbortSignal;
  /** Where workers reach this coordinator from now on. */
  announce: (address: string) => void;
  release(): Promise<void>;
}

/** Waits until nobody else leads the run. Where it rejects, the lease is free. */
export async function leadRun(options: LeadOptions): Promise<Leadership> {
  const { store, name, address: known, leaseMs, log } = options;
  const keyValue = await store.keyValue(LEASES, { ttlMs: leaseMs });
  const request = { keyValue, key: name, holder: `process ${process.pid} on ${hostname()}`, address: known };
  const free = await tryToAcquireLease(request);
  const lease = free ?? (await standBy(request, options));
  try {
    log.info(`leading run ${name}`, { store: store.where, token: lease.token });
    const runs = await store.keyValue(RUNS);
    const { record, revision } = await takeRecord(runs, name, lease);
    return leadershipOf({ record, keeper: new StoreKeeper(runs, name, lease, revision), waited: free === null }, lease);
  } catch (error) {
    await lease.release();
    throw error;
  }
}

function standBy(request: LeaseRequest, { store, name, signal, standsBy, log }: LeadOptions): Promise<Lease> {
  log.info(`standing by: another coordinator leads run ${name}`, { store: store.where });
  standsBy?.();
  return acquireLease({ ...request, log, ...(signal === undefined ? {} : { signal }) });
}

type Taken = Pick<Leadership, 'record' | 'keeper' | 'waited'>;

function leadershipOf(taken: Taken, lease: Lease): Leadership {
  return {
    ...taken,
    token: lease.token,
    lost: lease.lost,
    announce: (address) => lease.announce(address),
    release: () => lease.release(),
  };
}

/** Writes what it has read: what the leader before has sent and not yet written comes too late from now on. */
async function takeRecord(
  runs: KeyValue,
  name: string,
  lease: Lease,
): Promise<{ record: RunRecord | null; revision: number }> {
  while (lease.holds()) {
    const entry = await runs.get(name);
    if (entry === null) return { record: null, revision: 0 };
    const revision = await runs.compareAndSet(name, entry.value, entry.revision);
    if (revision !== null) return { record: parseRecord(Buffer.from(entry.value).toString(), `run ${name}`), revision };
  }
  throw lease.lost.reason;
}

/** Writes only over what it has read or written itself: whoever took over has written since. */
class StoreKeeper implements RecordKeeper {
  private readonly runs: KeyValue;
  private readonly name: string;
  private readonly lease: Lease;
  private revision: number;

  constructor(runs: KeyValue, name: string, lease: Lease, revision: number) {
    this.runs = runs;
    this.name = name;
    this.lease = lease;
    this.revision = revision;
  }

  holds(): boolean {
    return this.lease.holds();
  }

  /** Tries for as long as the lease lasts: a store may be away for a moment. */
  async save(record: RunRecord): Promise<void> {
    const value = Buffer.from(formatRecord(record));
    let failure: unknown;
    while (this.lease.holds()) {
      try {
        return await this.write(value);
      } catch (error) {
        if (hasCode(error, 'MLIP_E_LEASE_LOST')) throw error;
        failure = error;
        await pause(RETRY_MS, this.lease.lost);
      }
    }
    throw failure ?? this.lease.lost.reason;
  }

  private async write(value: Buffer): Promise<void> {
    const revision = await this.runs.compareAndSet(this.name, value, this.revision);
    this.revision = revision ?? (await this.revisionOf(value));
  }

  /** A write whose answer was lost may have been done all the same. */
  private async revisionOf(value: Buffer): Promise<number> {
    const entry = await this.runs.get(this.name);
    if (entry !== null && value.equals(entry.value)) return entry.revision;
    throw new MlipError('MLIP_E_LEASE_LOST', `another coordinator has written the record of run ${this.name}`, {
      remedy: 'This process must not command any more; workers find the other one.',
    });
  }
}
