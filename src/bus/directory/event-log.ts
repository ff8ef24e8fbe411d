/** A log of events in a directory: LOG/THOUSAND/SEQUENCE, a file for each event, numbered without gaps. */
import { join } from 'node:path';
import { checkSize } from '../names.js';
import { pause } from '../pause.js';
import type { EventLog, EventReading, LoggedEvent } from '../store.js';
import { createChecked, ensureDirectory, readChecked } from './checked-file.js';
import type { Place } from './place.js';
import { fileNumber, namesIn } from './versions.js';

/** Events that share a directory. */
const SHARD = 1000;
const LOOK_MS = 50;

export class DirectoryEventLog implements EventLog {
  readonly #place: Place;
  readonly #directory: string;
  /** The highest sequence that this process knows of. */
  #known = 0;

  constructor(place: Place, name: string) {
    this.#place = place;
    this.#directory = join(place.root, 'events', name);
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
    await ensureDirectory(this.#shard(sequence));
    const created = await createChecked(this.#path(sequence), this.#place.drafts, { meta: {}, value });
    this.#known = Math.max(this.#known, sequence);
    return created;
  }

  /** The event of that sequence, or the next one if a crash of the machine has taken it; null if there is none yet. */
  async #find(sequence: number): Promise<LoggedEvent | null> {
    for (let at = sequence; ;) {
      const known = this.#known;
      const event = await this.#readEvent(at);
      if (event !== null) return event;
      // Whoever made a later one had seen this one.
      if (at < known) at++;
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

  #shard(sequence: number): string {
    return join(this.#directory, fileNumber(Math.floor(sequence / SHARD)));
  }

  #path(sequence: number): string {
    return join(this.#shard(sequence), fileNumber(sequence));
  }
}
