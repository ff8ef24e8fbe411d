/**
 * Objects in a directory: BUCKET/NAME/NUMBER-BYTES-SHA256 is the object itself, and the highest number holds. The name is made when all
 * is on disk.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory, writeDurably } from '../../core/durable-file.js';
import { checkPath } from '../names.js';
import { corruptObject, missingObject } from '../object-errors.js';
import { readingFrom } from '../object-source.js';
import type { ObjectInfo, ObjectStore } from '../store.js';
import { ensureDirectory } from './checked-file.js';
import { errnoOf, storeError } from './failures.js';
import { fileOf, keyOf } from './key-value.js';
import type { Place } from './place.js';
import { fileNumber, namesIn } from './versions.js';

const READ_BYTES = 1 << 20;

interface StoredObject extends ObjectInfo {
  readonly path: string;
  readonly number: number;
}

export class DirectoryObjectStore implements ObjectStore {
  readonly #place: Place;
  readonly #directory: string;

  constructor(place: Place, bucket: string) {
    this.#place = place;
    this.#directory = join(place.root, 'objects', bucket);
  }

  async put(name: string, source: AsyncIterable<Uint8Array> | Uint8Array): Promise<ObjectInfo> {
    checkPath('an object', name);
    return readingFrom(source, (parts) => this.#place.run(() => this.#store(name, parts)));
  }

  async *get(name: string): AsyncGenerator<Uint8Array> {
    checkPath('an object', name);
    for (let tries = 0; ; tries++) {
      const object = await this.#place.run(() => this.#newest(name));
      if (object === null) throw missingObject(name, this.#place.where);
      try {
        yield* verified(object, this.#place.where);
        return;
      } catch (error) {
        // Replaced between looking and opening. Afterwards an open file stays whole.
        if (errnoOf(error) !== 'ENOENT' || tries === 10) throw storeError(this.#place.where, error);
      }
    }
  }

  async find(name: string): Promise<ObjectInfo | null> {
    checkPath('an object', name);
    return this.#place.run(async () => infoOf(await this.#newest(name)));
  }

  async list(): Promise<ObjectInfo[]> {
    return this.#place.run(async () => {
      const names = (await namesIn(this.#directory)).map(keyOf).sort();
      const infos = await Promise.all(names.map(async (name) => infoOf(await this.#newest(name))));
      return infos.filter((info) => info !== null);
    });
  }

  async remove(name: string): Promise<boolean> {
    checkPath('an object', name);
    return this.#place.run(async () => {
      const files = await namesIn(this.#folder(name));
      await this.#removeFiles(name, files);
      return files.length > 0;
    });
  }

  async #store(name: string, parts: AsyncIterable<Uint8Array>): Promise<ObjectInfo> {
    const draft = join(this.#place.drafts, randomBytes(8).toString('hex'));
    try {
      const digest = await writeDurably(draft, parts);
      await this.#replace(name, draft, `${digest.bytes}-${digest.sha256}`);
      return { name, ...digest };
    } finally {
      await rm(draft, { force: true }).catch(() => undefined);
    }
  }

  async #replace(name: string, draft: string, suffix: string): Promise<void> {
    const folder = this.#folder(name);
    await ensureDirectory(folder);
    const older = await namesIn(folder);
    const number = older.length === 0 ? 1 : Number(older.at(-1)!.split('-')[0]) + 1;
    await rename(draft, join(folder, `${fileNumber(number)}-${suffix}`));
    await syncDirectory(folder);
    await this.#removeFiles(name, older);
  }

  async #removeFiles(name: string, files: readonly string[]): Promise<void> {
    if (files.length === 0) return;
    const folder = this.#folder(name);
    await Promise.all(files.map((file) => rm(join(folder, file), { force: true })));
    await syncDirectory(folder);
  }

  async #newest(name: string): Promise<StoredObject | null> {
    const file = (await namesIn(this.#folder(name))).at(-1);
    if (file === undefined) return null;
    const [number, bytes, sha256] = file.split('-');
    return { name, number: Number(number), bytes: Number(bytes), sha256, path: join(this.#folder(name), file) };
  }

  #folder(name: string): string {
    return join(this.#directory, fileOf(name));
  }
}

async function* verified({ path, bytes, sha256 }: StoredObject, where: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let read = 0;
  for await (const piece of createReadStream(path, { highWaterMark: READ_BYTES }) as AsyncIterable<Buffer>) {
    hash.update(piece);
    read += piece.length;
    yield piece;
  }
  if (read !== bytes || hash.digest('hex') !== sha256) throw corruptObject(path, where);
}

function infoOf(object: StoredObject | null): ObjectInfo | null {
  return object && { name: object.name, bytes: object.bytes, sha256: object.sha256 };
}
