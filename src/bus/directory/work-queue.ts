/**
 * A queue of work in a directory: QUEUE/items/ID is an item, QUEUE/claims/ID the versions of who works on it. Whoever makes
 * the next version of a claim has taken the item.
 */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../../core/durable-file.js';
import { startElapsed } from '../elapsed.js';
import { checkSize } from '../names.js';
import { pause } from '../pause.js';
import type { QueueItem, WaitingItem, WorkQueue } from '../store.js';
import { createChecked, ensureDirectory, readChecked } from './checked-file.js';
import { Claim, type ClaimMeta } from './claim.js';
import { Expiry } from './expiry.js';
import type { Place } from './place.js';
import { fileNumber, namesIn, Versions } from './versions.js';

const LOOK_MS = 50;

interface ItemMeta {
  /** ISO 8601. */
  readonly submitted: string;
}

export class DirectoryWorkQueue implements WorkQueue {
  readonly visibilityMs: number;
  readonly #place: Place;
  readonly #items: string;
  readonly #claims: string;
  readonly #expiry = new Expiry();

  constructor(place: Place, name: string, visibilityMs: number) {
    this.#place = place;
    this.visibilityMs = visibilityMs;
    this.#items = join(place.root, 'queues', name, 'items');
    this.#claims = join(place.root, 'queues', name, 'claims');
  }

  async submit(item: Uint8Array): Promise<string> {
    checkSize('a queue item', item, this.#place.where);
    return this.#place.run(async () => {
      await ensureDirectory(this.#items);
      const meta = { submitted: new Date().toISOString() } satisfies ItemMeta;
      const id = await this.#nextId();
      await createChecked(join(this.#items, id), this.#place.drafts, { meta, value: item });
      return id;
    });
  }

  async take({ waitMs }: { waitMs: number }): Promise<QueueItem | null> {
    const elapsed = startElapsed();
    for (;;) {
      const item = await this.#place.run(() => this.#takeOldest());
      const leftMs = waitMs - elapsed();
      if (item !== null || leftMs <= 0) return item;
      await pause(Math.min(LOOK_MS, leftMs), this.#place.closing);
    }
  }

  async withdraw(id: string): Promise<boolean> {
    const item = await this.#place.run(async () => {
      const isThere = (await namesIn(this.#items)).includes(id);
      return isThere ? this.#tryToTake(id) : null;
    });
    await item?.done();
    return item !== null;
  }

  async depth(): Promise<number> {
    return this.#place.run(async () => (await namesIn(this.#items)).length);
  }

  async list(): Promise<WaitingItem[]> {
    return this.#place.run(async () => {
      const ids = await namesIn(this.#items);
      const files = await Promise.all(ids.map((id) => this.#read(id)));
      return files.flatMap((file, i) =>
        file === null ? [] : [{ id: ids[i], value: file.value, submittedAt: new Date(file.meta.submitted) }],
      );
    });
  }

  /** Later than all that wait, also where the clock was set back. */
  async #nextId(): Promise<string> {
    const last = (await namesIn(this.#items)).at(-1);
    const after = last === undefined ? 0 : Number(last.split('-')[0]) + 1;
    return `${fileNumber(Math.max(after, Date.now()))}-${randomBytes(4).toString('hex')}`;
  }

  async #takeOldest(): Promise<QueueItem | null> {
    for (const id of await namesIn(this.#items)) {
      const item = await this.#tryToTake(id);
      if (item !== null) return item;
    }
    return null;
  }

  async #tryToTake(id: string): Promise<QueueItem | null> {
    const versions = new Versions<ClaimMeta>(join(this.#claims, id), this.#place.drafts);
    const claim = await Claim.take(
      versions,
      (revision, { stamp, ttlMs }) => this.#expiry.isOver(id, revision, stamp, ttlMs),
      this.visibilityMs,
    );
    if (claim === null) return null;
    const file = await this.#read(id);
    if (file !== null) return this.#taken(id, file.value, claim);
    // It was done between the listing and the claim.
    await versions.forget();
    return null;
  }

  #taken(id: string, value: Uint8Array, claim: Claim): QueueItem {
    const { attempt } = claim;
    return {
      ...{ id, value, attempt },
      inProgress: () => this.#place.run(() => claim.renew()),
      done: () => this.#place.run(() => this.#finish(id, claim)),
      giveBack: () => this.#place.run(() => claim.release()),
    };
  }

  async #finish(id: string, claim: Claim): Promise<void> {
    await rm(join(this.#items, id), { force: true });
    await syncDirectory(this.#items);
    await claim.forget();
    this.#expiry.forget(id);
  }

  #read(id: string): Promise<{ meta: ItemMeta; value: Uint8Array } | null> {
    return readChecked<ItemMeta>(join(this.#items, id));
  }
}
