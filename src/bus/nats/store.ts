/** A store on NATS JetStream: for machines that share no disk, and coordinators that stand in for each other. */
import { checkName } from '../names.js';
import type { EventLog, KeyValue, ObjectStore, Store, WorkQueue } from '../store.js';
import { connectNats } from './connect.js';
import { openEventLog } from './event-log.js';
import { openKeyValue } from './key-value.js';
import type { Link } from './link.js';
import { openObjects } from './object-store.js';
import type { NatsOptions } from './options.js';
import { openWorkQueue } from './work-queue.js';

class NatsStore implements Store {
  readonly where: string;
  readonly #link: Link;

  constructor(link: Link) {
    this.#link = link;
    this.where = link.terms.where;
  }

  async keyValue(bucket: string, { ttlMs }: { ttlMs?: number } = {}): Promise<KeyValue> {
    checkName('a bucket', bucket);
    return openKeyValue(this.#link, bucket, ttlMs);
  }

  async queue(name: string, { visibilityMs }: { visibilityMs: number }): Promise<WorkQueue> {
    checkName('a queue', name);
    return openWorkQueue(this.#link, name, visibilityMs);
  }

  async events(name: string): Promise<EventLog> {
    checkName('a log of events', name);
    return openEventLog(this.#link, name);
  }

  async objects(bucket: string): Promise<ObjectStore> {
    checkName('a bucket', bucket);
    return openObjects(this.#link, bucket);
  }

  async close(): Promise<void> {
    await this.#link.close();
  }
}

/** Fails within `patienceMs` where no server answers, and at once where one refuses. */
export async function openNatsStore(options: NatsOptions): Promise<Store> {
  checkName('a namespace', options.namespace ?? 'mlip');
  return new NatsStore(await connectNats(options));
}
