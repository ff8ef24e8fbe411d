/**
 * A log of events in a directory: LOG/THOUSAND/SEQUENCE, a file for each event, numbered without gaps. Whoever makes the first event of
 * a directory removes the directories that are too old.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSize } from '../names.js';
import { pause } from '../pause.js';
import { type EventLog, type EventReading, KEPT_EVENTS, type LoggedEvent } from '../store.js';
import { createChecked, ensureDirectory, readChecked } from './checked-file.js';
import { isForgotten } from './failures.js';
import type { Place } from './place.js';
import { fileNumber, namesIn } from './versions.js';

export interface EventDirectories {
  /** Events that share a directory. */
  readonly size: number;
  /** Whole directories that are kept before the one that is being filled. */
  readonly kept: number;
}

const DIRECTORIES: EventDirectories = { size: 1000, kept: KEPT_EVENTS / 1000 };
const LOOK_MS = 50;

export class DirectoryEventLog implements EventLog {
  readonly #place: Place;
  readonly #directory: string;
  readonly #size: number;
  readonly #kept: number;
  /** The highest sequence that this process knows of. */
  #known = 0;

  constructor(place: Place, name: string, { size, kept } = DIRECTORIES) {
    this.#place = place;
    this.#directory = join(place.root, 'events', name);
    this.#size = size;
    this.#kept = kept;
  }

  async append(event: Uint8Array): Promise<number> {
    checkSize('an event', event, this.#place.where);
    return this.#place.run(async () => {
      let sequence = (this.#known || (await this.#last())) + 1;
      while (!(await this.#create(sequence, event))) sequence = (await this.#last()) + 1;
      return sequence;
    });
  }

  async *read({ from = 0, follow = false, signal }: EventReading = {}): AsyncGenerator<LoggedEvent> {
    const until = AbortSignal.any([this.#place.closing, ...(signal === undefined ? [] : [signal])]);
    const end = follow ? Infinity : await this.#place.run(() => this.#last());
    let sequence = Math.max(from, 1);
    while (sequence <= end && !until.aborted) {
      const event = await this.#place.run(() => this.#find(sequence));
      if (event === null) await pause(LOOK_MS, until);
      else yield event;
      if (event !== null) sequence = event.sequence + 1;
    }
  }

  async #create(sequence: number, value: Uint8Array): Promise<boolean> {
    const [shard, path] = [this.#shardOf(sequence), this.#path(sequence)];
    await ensureDirectory(this.#shardPath(shard));
    if (!(await this.#createFile(path, value))) return false;
    const shards = (await namesIn(this.#directory)).map(Number);
    if (Math.max(...shards) - shard > this.#kept) {
      // This process knew so little that its number had been used and removed.
      await rm(path, { force: true });
      return false;
    }
    this.#known = Math.max(this.#known, sequence);
    if (sequence % this.#size === 0) await this.#drop(shards.filter((old) => shard - old > this.#kept));
    return true;
  }

  /** False where another process has made it, or has removed the directory. */
  async #createFile(path: string, value: Uint8Array): Promise<boolean> {
    try {
      return await createChecked(path, this.#place.drafts, { meta: {}, value });
    } catch (error) {
      if (isForgotten(error)) return false;
      throw error;
    }
  }

  /** What cannot be removed now is removed with the next ones. */
  async #drop(shards: readonly number[]): Promise<void> {
    for (const shard of shards) {
      await rm(this.#shardPath(shard), { recursive: true, force: true }).catch(() => undefined);
    }
  }

  /**
   * The event of that sequence, or the next one if it was dropped or a crash of the machine has taken it; null if there is none
   * yet.
   */
  async #find(sequence: number): Promise<LoggedEvent | null> {
    for (let at = sequence; ;) {
      const known = this.#known;
      const event = await this.#readEvent(at);
      if (event !== null) return event;
      // Whoever made a later one had seen this one.
      if (at < known) at = Math.max(at + 1, (this.#shardOf(known) - this.#kept) * this.#size);
      else if ((await this.#last()) <= at) return null;
    }
  }

  async #readEvent(sequence: number): Promise<LoggedEvent | null> {
    const file = await readChecked(this.#path(sequence));
    return file && { sequence, value: file.value };
  }

  async #last(): Promise<number> {
    const shards = await namesIn(this.#directory);
    for (const shard of shards.reverse()) {
      const last = (await namesIn(join(this.#directory, shard))).at(-1);
      if (last === undefined) continue;
      this.#known = Math.max(this.#known, Number(last));
      break;
    }
    return this.#known;
  }

  #shardOf(sequence: number): number {
    return Math.floor(sequence / this.#size);
  }

  #shardPath(shard: number): string {
    return join(this.#directory, fileNumber(shard));
  }

  #path(sequence: number): string {
    return join(this.#shardPath(this.#shardOf(sequence)), fileNumber(sequence));
  }
}
