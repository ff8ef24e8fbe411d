/** Objects on NATS, in chunks with a hash over all. */
import { StorageType } from '@nats-io/jetstream';
import { Objm, setSha256Backend, type ObjectInfo as NatsObject, type ObjectStore as Bucket } from '@nats-io/obj';
import { checkPath } from '../names.js';
import { missingObject, replacedObject } from '../object-errors.js';
import { readingFrom, type ObjectSource } from '../object-source.js';
import type { ObjectInfo, ObjectStore } from '../store.js';
import { removeAbandonedChunks } from './abandoned-chunks.js';
import type { Link } from './link.js';
import { chunkSubject, infoOf, metaSubject, readChunks, streamOf } from './object-chunks.js';
import { listDescribed } from './object-list.js';

/** Half of what a message may be by default. */
const CHUNK_BYTES = 512 * 1024;
const TRIES = 3;
const ABANDONED_MS = 24 * 3600 * 1000;

export async function openObjects(link: Link, name: string): Promise<ObjectStore> {
  setSha256Backend('native');
  const bucket = `${link.terms.namespace}_${name}`;
  const options = { replicas: link.terms.replicas, storage: StorageType.File };
  // The library takes away from the options what it has read.
  const opened = await link.persist(() => new Objm(link.jetstream).create(bucket, { ...options }));
  await removeAbandonedChunks(link, bucket, ABANDONED_MS);
  return new NatsObjectStore(link, bucket, opened);
}

class NatsObjectStore implements ObjectStore {
  readonly #link: Link;
  readonly #name: string;
  readonly #bucket: Bucket;

  constructor(link: Link, name: string, bucket: Bucket) {
    this.#link = link;
    this.#name = name;
    this.#bucket = bucket;
  }

  async put(name: string, source: ObjectSource): Promise<ObjectInfo> {
    checkPath('an object', name);
    // Only bytes in memory can be read again from their beginning.
    if (source instanceof Uint8Array) {
      return this.#link.repeat(() => readingFrom(source, (parts) => this.#put(name, parts)), TRIES);
    }
    return readingFrom(source, (parts) => this.#link.repeat(() => this.#put(name, parts), 1));
  }

  async *get(name: string): AsyncGenerator<Uint8Array> {
    let begun = false;
    for (;;) {
      const info = await this.#find(name);
      if (info === null) throw missingObject(name, this.#link.terms.where);
      try {
        for await (const chunk of readChunks(this.#link, this.#name, info)) {
          begun = true;
          yield chunk;
        }
        return;
      } catch (error) {
        const now = await this.#find(name);
        if (now?.nuid === info.nuid) throw error;
        if (begun) throw replacedObject(name, this.#link.terms.where);
      }
    }
  }

  async find(name: string): Promise<ObjectInfo | null> {
    const info = await this.#find(name);
    return info && infoOf(info);
  }

  async list(): Promise<ObjectInfo[]> {
    const infos = await listDescribed(this.#link, this.#name);
    return infos.map(infoOf).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The library would publish that it is gone, for which a full store has no room. */
  async remove(name: string): Promise<boolean> {
    const info = await this.#find(name);
    if (info === null) return false;
    const { manager } = this.#link;
    for (const filter of [metaSubject(this.#name, name), chunkSubject(this.#name, info)]) {
      await this.#link.persist(() => manager.streams.purge(streamOf(this.#name), { filter }));
    }
    return true;
  }

  async #find(name: string): Promise<NatsObject | null> {
    checkPath('an object', name);
    const info = await this.#link.persist(() => this.#bucket.info(name));
    return info === null || info.deleted ? null : info;
  }

  async #put(name: string, parts: AsyncIterable<Uint8Array>): Promise<ObjectInfo> {
    const meta = { name, options: { max_chunk_size: CHUNK_BYTES } };
    const { patienceMs } = this.#link.terms;
    return infoOf(await this.#bucket.put(meta, readable(parts), { timeout: patienceMs }));
  }
}

function readable(parts: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  return ReadableStream.from<Uint8Array>(parts);
}
