/** A bucket of values on NATS: a key-value bucket of JetStream, changed by publishing with the expected revision. */
import { DeliverPolicy, StorageType } from '@nats-io/jetstream';
import { Kvm, type KV, type KvEntry } from '@nats-io/kv';
import { nanos, nuid, type MsgHdrs } from '@nats-io/transport-node';
import { MlipError } from '../../core/errors.js';
import { checkPath, checkRevision, checkSize } from '../names.js';
import type { Entry, KeyChange, KeyValue } from '../store.js';
import { API, isApi } from './failures.js';
import { follow } from './follow.js';
import { ANSWER_MS, type Link } from './link.js';
import { MESSAGE_ID, publish } from './publish.js';

const OPERATION = 'KV-Operation';
/** On what the server itself leaves where a key expired. */
const MARKER = 'Nats-Marker-Reason';
/** Watchers that are away for longer do not hear of an expired key. */
const MARKER_MS = 60_000;
const NOTHING = new Uint8Array();

export async function openKeyValue(link: Link, name: string, ttlMs: number | undefined): Promise<KeyValue> {
  const bucket = `${link.terms.namespace}_${name}`;
  const kv = await link.persist(() => new Kvm(link.jetstream).create(bucket, bucketOptions(link, ttlMs)));
  return new NatsKeyValue(link, kv, bucket, await lengthen(link, kv, bucket, ttlMs));
}

function bucketOptions({ connection, terms }: Link, ttlMs: number | undefined): Parameters<Kvm['create']>[1] {
  const tellsExpiry = ttlMs !== undefined && (connection.info?.api_lvl ?? 0) > 0;
  return {
    history: 1,
    replicas: terms.replicas,
    storage: StorageType.File,
    // Answers come from the leader, which knows the newest value.
    allow_direct: false,
    ...(ttlMs === undefined ? {} : { ttl: ttlMs }),
    ...(tellsExpiry ? { markerTTL: MARKER_MS } : {}),
  };
}

/** Of two who want different times the longer wins: a shorter one would take the key from a holder who counts on the longer. */
async function lengthen(link: Link, kv: KV, bucket: string, ttlMs: number | undefined): Promise<number | undefined> {
  const { ttl } = await link.persist(() => kv.status());
  if (ttl === 0 || ttl === ttlMs) return ttl || undefined;
  if (ttlMs !== undefined && ttlMs < ttl) return ttl;
  const maxAge = ttlMs === undefined ? 0 : nanos(ttlMs);
  await link.persist(() => link.manager.streams.update(streamOf(bucket), { max_age: maxAge }));
  return ttlMs;
}

class NatsKeyValue implements KeyValue {
  readonly ttlMs: number | undefined;
  readonly #link: Link;
  readonly #kv: KV;
  readonly #bucket: string;
  readonly #stream: string;

  constructor(link: Link, kv: KV, bucket: string, ttlMs: number | undefined) {
    this.#link = link;
    this.#kv = kv;
    this.#bucket = bucket;
    this.#stream = streamOf(bucket);
    this.ttlMs = ttlMs;
  }

  async get(key: string): Promise<Entry | null> {
    const entry = await this.#read(key);
    return entry?.operation === 'PUT' ? { value: entry.value, revision: entry.revision } : null;
  }

  async compareAndSet(key: string, value: Uint8Array, revision: number): Promise<number | null> {
    checkSize('a value', value, this.#link.terms.where);
    const changed = await this.#publish(key, value, revision);
    if (changed !== null || revision > 0) return changed;
    // What was removed or has expired may have left a message, which then is what must be the last one.
    const entry = await this.#read(key);
    return entry === null || entry.operation === 'PUT' ? null : this.#publish(key, value, entry.revision);
  }

  async remove(key: string, revision: number): Promise<boolean> {
    if (revision === 0) return false;
    return (await this.#publish(key, NOTHING, revision, [OPERATION, 'DEL'])) !== null;
  }

  /** The library's own listing does not know what the server leaves of expired keys. */
  async keys(): Promise<string[]> {
    const prefix = this.#subject('');
    const query = { filter_subjects: `${prefix}>`, deliver_policy: DeliverPolicy.LastPerSubject, headers_only: true };
    return this.#link.persist(async () => {
      const consumer = await this.#link.jetstream.consumers.get(this.#stream, query);
      const { num_pending: count } = await consumer.info(true);
      const keys: string[] = [];
      if (count === 0) return keys;
      for await (const { subject, headers } of await consumer.fetch({ max_messages: count, expires: ANSWER_MS })) {
        if (!isGone(headers)) keys.push(subject.slice(prefix.length));
      }
      return keys.sort();
    });
  }

  async *watch(signal: AbortSignal): AsyncGenerator<KeyChange> {
    const prefix = this.#subject('');
    const told = new Set<string>();
    const following = { stream: this.#stream, subject: `${prefix}>`, from: 'latest' } as const;
    for await (const message of follow(this.#link, following, signal)) {
      const key = message.subject.slice(prefix.length);
      const entry = isGone(message.headers) ? null : { value: message.data, revision: message.seq };
      if (entry === null && !told.delete(key)) continue;
      if (entry !== null) told.add(key);
      yield { key, entry };
    }
  }

  async #read(key: string): Promise<KvEntry | null> {
    checkPath('a key', key);
    return this.#link.persist(() => this.#kv.get(key));
  }

  /** Null where the key is not at that revision. */
  async #publish(
    key: string,
    payload: Uint8Array,
    lastSequence: number,
    header?: [string, string],
  ): Promise<number | null> {
    checkPath('a key', key);
    checkRevision(lastSequence, this.#link.terms.where);
    const id = nuid.next();
    let tries = 0;
    try {
      const onTry = (): number => tries++;
      return await publish(this.#link, { subject: this.#subject(key), payload, lastSequence, header, id, onTry });
    } catch (error) {
      if (!isApi((error as Error).cause, API.wrongLastSequence)) throw error;
      return tries === 1 ? null : this.#outcome(key, id);
    }
  }

  /**
   * What became of a change that was tried several times and was refused at last: a server looks at the expected revision before it
   * looks whether it has stored this very message already.
   */
  async #outcome(key: string, id: string): Promise<number> {
    const { manager, terms } = this.#link;
    const query = { last_by_subj: this.#subject(key) };
    const last = await this.#link.persist(() => manager.streams.getMessage(this.#stream, query));
    if (last?.header.get(MESSAGE_ID) === id) return last.seq;
    throw new MlipError(
      'MLIP_E_STORE_TIMEOUT',
      `the NATS server was away while ${key} was set, and it has changed since`,
      {
        where: terms.where,
        remedy: 'Read the value again.',
      },
    );
  }

  #subject(key: string): string {
    return `$KV.${this.#bucket}.${key}`;
  }
}

const streamOf = (bucket: string): string => `KV_${bucket}`;

function isGone(headers: MsgHdrs | undefined): boolean {
  return headers !== undefined && (headers.has(OPERATION) || headers.has(MARKER));
}
