/** A bucket of values in a directory: BUCKET/KEY/REVISION. */
import { join } from 'node:path';
import { checkPath, checkRevision, checkSize } from '../names.js';
import { pause } from '../pause.js';
import type { Entry, KeyChange, KeyValue } from '../store.js';
import { Expiry, stampNow, type Stamp } from './expiry.js';
import type { Place } from './place.js';
import { namesIn, Versions, type Version } from './versions.js';

const WATCH_MS = 100;

interface ValueMeta {
  readonly stamp: Stamp;
  /** As its writer was promised. */
  readonly ttlMs?: number;
  readonly removed?: true;
}

type ValueVersion = Version<ValueMeta>;

export class DirectoryKeyValue implements KeyValue {
  readonly ttlMs: number | undefined;
  readonly #place: Place;
  readonly #directory: string;
  readonly #expiry = new Expiry();

  constructor(place: Place, bucket: string, ttlMs: number | undefined) {
    this.#place = place;
    this.#directory = join(place.root, 'values', bucket);
    this.ttlMs = ttlMs;
  }

  async get(key: string): Promise<Entry | null> {
    checkPath('a key', key);
    return this.#place.run(async () => this.#entry(key, await this.#versions(key).latest()));
  }

  async compareAndSet(key: string, value: Uint8Array, revision: number): Promise<number | null> {
    checkSize('a value', value, this.#place.where);
    const ttl = this.ttlMs === undefined ? {} : { ttlMs: this.ttlMs };
    return this.#change(key, revision, { stamp: stampNow(), ...ttl }, value);
  }

  async remove(key: string, revision: number): Promise<boolean> {
    if (revision === 0) return false;
    return (await this.#change(key, revision, { stamp: stampNow(), removed: true }, new Uint8Array())) !== null;
  }

  async keys(): Promise<string[]> {
    return this.#place.run(async () => [...(await this.#present()).keys()]);
  }

  async *watch(signal: AbortSignal): AsyncGenerator<KeyChange> {
    const until = AbortSignal.any([signal, this.#place.closing]);
    let told = new Map<string, Entry>();
    while (!until.aborted) {
      const present = await this.#place.run(() => this.#present());
      yield* changes(told, present);
      told = present;
      await pause(WATCH_MS, until);
    }
  }

  async #change(key: string, revision: number, meta: ValueMeta, value: Uint8Array): Promise<number | null> {
    checkPath('a key', key);
    checkRevision(revision, this.#place.where);
    return this.#place.run(async () => {
      const versions = this.#versions(key);
      const latest = await versions.latest();
      if ((this.#entry(key, latest)?.revision ?? 0) !== revision) return null;
      return (await versions.append(latest, meta, value))?.revision ?? null;
    });
  }

  async #present(): Promise<Map<string, Entry>> {
    const keys = (await namesIn(this.#directory)).map(keyOf).sort();
    const entries = await Promise.all(keys.map(async (key) => this.#entry(key, await this.#versions(key).latest())));
    return new Map(keys.flatMap((key, i) => (entries[i] === null ? [] : [[key, entries[i]]])));
  }

  #entry(key: string, version: ValueVersion | null): Entry | null {
    if (version === null || version.meta.removed) return null;
    const { revision, value, meta } = version;
    if (meta.ttlMs !== undefined && this.#expiry.isOver(key, revision, meta.stamp, meta.ttlMs)) return null;
    return { revision, value };
  }

  #versions(key: string): Versions<ValueMeta> {
    return new Versions(join(this.#directory, fileOf(key)), this.#place.drafts);
  }
}

function* changes(told: ReadonlyMap<string, Entry>, present: ReadonlyMap<string, Entry>): Generator<KeyChange> {
  for (const [key, entry] of present) {
    if (told.get(key)?.revision !== entry.revision) yield { key, entry };
  }
  for (const key of told.keys()) {
    if (!present.has(key)) yield { key, entry: null };
  }
}

/** A name that no key has in its place, since a slash would be a directory. */
export const fileOf = (path: string): string => path.replaceAll('/', '~');
export const keyOf = (file: string): string => file.replaceAll('~', '/');
