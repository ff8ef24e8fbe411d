/** A store in a directory: no server, any number of processes, on a disk of one machine or one that machines share. */
import { checkName } from '../names.js';
import type { EventLog, KeyValue, ObjectStore, Store, WorkQueue } from '../store.js';
import { DirectoryEventLog } from './event-log.js';
import { DirectoryKeyValue } from './key-value.js';
import { DirectoryObjectStore } from './object-store.js';
import { Place, type PlaceTerms } from './place.js';
import { DirectoryWorkQueue } from './work-queue.js';

class DirectoryStore implements Store {
  readonly where: string;
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
    this.where = place.where;
  }

  async keyValue(bucket: string, { ttlMs }: { ttlMs?: number } = {}): Promise<KeyValue> {
    checkName('a bucket', bucket);
    return new DirectoryKeyValue(this.#place, bucket, ttlMs);
  }

  async queue(name: string, { visibilityMs }: { visibilityMs: number }): Promise<WorkQueue> {
    checkName('a queue', name);
    return new DirectoryWorkQueue(this.#place, name, visibilityMs);
  }

  async events(name: string): Promise<EventLog> {
    checkName('a log of events', name);
    return new DirectoryEventLog(this.#place, name);
  }

  async objects(bucket: string): Promise<ObjectStore> {
    checkName('a bucket', bucket);
    return new DirectoryObjectStore(this.#place, bucket);
  }

  async close(): Promise<void> {
    this.#place.close();
  }
}

/** Opens the store of a directory, which is made if there is none and `create` is not false. */
export async function openDirectoryStore(directory: string, terms: PlaceTerms = {}): Promise<Store> {
  const place = new Place(directory);
  await place.open(terms);
  return new DirectoryStore(place);
}
