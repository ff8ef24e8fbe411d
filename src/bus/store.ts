/**
 * What a run keeps outside its processes: values that are compared and set, queues of work, logs of events, objects. One
 * interface, two implementations: a directory, and NATS JetStream. What resolves is durable.
 *
 * Every call may fail with an MlipError MLIP_E_STORE_*. After MLIP_E_STORE_TIMEOUT what was asked may or may not have been done.
 */

/** Values, queue items and events are at most so large; larger things are objects. */
export const MAX_VALUE_BYTES = 512 * 1024;

export interface Store {
  /** For messages: an address or a path, without secrets. */
  readonly where: string;
  /**
   * A bucket of values. Those of a bucket with `ttlMs` are gone so long after they were last set; a bucket that exists keeps
   * its own time if that is longer.
   */
  keyValue(bucket: string, options?: { ttlMs?: number }): Promise<KeyValue>;
  /** A queue of work. A queue that exists keeps its own time of visibility if that is longer. */
  queue(name: string, options: { visibilityMs: number }): Promise<WorkQueue>;
  events(name: string): Promise<EventLog>;
  objects(bucket: string): Promise<ObjectStore>;
  /** Ends what still watches or follows. */
  close(): Promise<void>;
}

export interface Entry {
  readonly value: Uint8Array;
  /** Grows with every change of the key, also over its deletion and expiry. */
  readonly revision: number;
}

export interface KeyChange {
  readonly key: string;
  /** Null: the key was removed or has expired. */
  readonly entry: Entry | null;
}

export interface KeyValue {
  /** What the store really applies, which may be longer than what was asked for; undefined keeps values for ever. */
  readonly ttlMs: number | undefined;
  get(key: string): Promise<Entry | null>;
  /**
   * Sets a key that is at this revision; at revision 0 it must not exist. Resolves to the new revision, or to null where the
   * key was not as expected. Only this result proves anything: a read may be old when it arrives.
   */
  compareAndSet(key: string, value: Uint8Array, revision: number): Promise<number | null>;
  /** Deletes a key that is at this revision; false otherwise. */
  remove(key: string, revision: number): Promise<boolean>;
  /** Sorted. */
  keys(): Promise<string[]>;
  /** Present values first, then changes as they come; several in quick succession may be told as the last one. */
  watch(signal: AbortSignal): AsyncIterable<KeyChange>;
}

export interface WorkQueue {
  /** How long an item that was taken stays with its taker: what the store really applies. */
  readonly visibilityMs: number;
  /** Durable once it resolves, to the item's id. */
  submit(item: Uint8Array): Promise<string>;
  /**
   * The oldest item that nobody works on; null if there is none within `waitMs`. It comes again to somebody unless it is
   * done, or kept by `inProgress`, within `visibilityMs`.
   */
  take(options: { waitMs: number }): Promise<QueueItem | null>;
  /** Takes out an item that nobody works on; false where somebody does, or where there is none of that id. */
  withdraw(id: string): Promise<boolean>;
  /** Items that are not done, those that somebody works on included. */
  depth(): Promise<number>;
  /** These items, oldest first. */
  list(): Promise<WaitingItem[]>;
}

export interface WaitingItem {
  readonly id: string;
  readonly value: Uint8Array;
  readonly submittedAt: Date;
}

export interface QueueItem {
  readonly id: string;
  readonly value: Uint8Array;
  /** 1 at the first time that the item is taken. */
  readonly attempt: number;
  /** Keeps the item for another `visibilityMs`; false where it was too late, so that somebody else may work on it. */
  inProgress(): Promise<boolean>;
  /** The item is finished, also where it has come to somebody else meanwhile. */
  done(): Promise<void>;
  /** Lets somebody else have it at once. Does nothing where it was too late. */
  giveBack(): Promise<void>;
}

export interface LoggedEvent {
  /** Grows from event to event, not always by one. */
  readonly sequence: number;
  readonly value: Uint8Array;
}

export interface EventReading {
  /** The first sequence that is wanted; 0 reads from the oldest event that is kept. */
  readonly from?: number;
  /** Goes on with events as they come, until the signal. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

/** At least so many of the latest events of a log are kept, and hardly more: those before are dropped as new ones come. */
export const KEPT_EVENTS = 50_000;

export interface EventLog {
  append(event: Uint8Array): Promise<number>;
  read(reading?: EventReading): AsyncIterable<LoggedEvent>;
}

export interface ObjectInfo {
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface ObjectStore {
  /** Replaces an object of that name: readers see the whole old one or the whole new one. */
  put(name: string, source: AsyncIterable<Uint8Array> | Uint8Array): Promise<ObjectInfo>;
  /**
   * The bytes of an object. Fails with MLIP_E_STORE_MISSING, and with MLIP_E_STORE_CORRUPT instead of ending where the bytes are
   * not those that were put: nothing is proved before the end.
   */
  get(name: string): AsyncIterable<Uint8Array>;
  find(name: string): Promise<ObjectInfo | null>;
  /** Sorted by name. */
  list(): Promise<ObjectInfo[]>;
  /** False if there was none. */
  remove(name: string): Promise<boolean>;
}

/** All bytes of an object, verified. */
export async function readObject(objects: ObjectStore, name: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of objects.get(name)) parts.push(part);
  return Buffer.concat(parts);
}
