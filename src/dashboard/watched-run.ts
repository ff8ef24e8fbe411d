/** What is known of a run from its output directory, which is read on whenever somebody asks. */
import { messageOf } from '../core/errors.js';
import { Curves } from './curves.js';
import { readLastLines, readNewLines } from './growing-file.js';
import {
  GROWING,
  NOWHERE,
  parseLine,
  parseNumbers,
  pathOf,
  type GrowingFile,
  type Line,
  type Places,
} from './run-files.js';

/** Of the events, the newest are kept. */
const MOST_EVENTS = 2_000;

const GLANCE_BYTES = 64 << 10;

export class WatchedRun {
  readonly directory: string;
  curves = new Curves();
  events: Line[] = [];
  /** The newest line of ranks.jsonl. */
  ranks: Line | null = null;
  /** The newest line of metrics.jsonl. */
  newest: Line | null = null;
  /** The line of logs.jsonl that first says that something failed. */
  firstError: Line | null = null;
  /** Lines that could not be read, of each file that has such. */
  readonly unreadable = new Map<GrowingFile, number>();
  /** Why a file cannot be read at all. */
  readonly closed = new Map<GrowingFile, string>();
  /** The run whose lines are the newest of the log: an error of an earlier one is none of it. */
  private loggedRun = '';
  places: Places = NOWHERE;
  private reading: Promise<void> = Promise.resolve();
  /** That is to begin: it reads for all who ask until then. */
  private next: Promise<void> | null = null;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Resolves when all that was written before is known. */
  refresh(): Promise<void> {
    this.next ??= this.reading.then(() => {
      this.next = null;
      return (this.reading = this.read());
    });
    return this.next;
  }

  /** What the ends of its files say, of a run that nobody follows: for a list of many. */
  async glance(): Promise<void> {
    for (const file of ['metrics', 'events'] as const) {
      await this.readOn(file, async () => {
        const { lines } = await readLastLines(pathOf(this.directory, file), GLANCE_BYTES);
        if (file === 'metrics') this.newest = lines.map(parseNumbers).findLast((line) => line !== null) ?? null;
        else for (const line of lines) this.take(file, line);
      });
    }
  }

  private async read(): Promise<void> {
    await this.readOn('ranks', () => this.readNewest());
    for (const file of GROWING) if (file !== 'ranks') await this.readOn(file, () => this.readAll(file));
  }

  /** A file that cannot be read keeps none of the others from being read. */
  private async readOn(file: GrowingFile, read: () => Promise<void>): Promise<void> {
    try {
      await read();
      this.closed.delete(file);
    } catch (error) {
      this.closed.set(file, messageOf(error));
    }
  }

  private async readAll(file: GrowingFile): Promise<void> {
    for (;;) {
      const before = this.places[file];
      const { lines, place, replaced } = await readNewLines(pathOf(this.directory, file), before);
      if (replaced) this.forget(file);
      for (const line of lines) this.take(file, line);
      this.places = { ...this.places, [file]: place };
      if (place === null || (!replaced && place.offset === (before?.offset ?? 0))) return;
    }
  }

  /** Of the ranks only the newest is shown, so what may be a long file is read from its end. */
  private async readNewest(): Promise<void> {
    const path = pathOf(this.directory, 'ranks');
    const news = this.places.ranks === null ? null : await readNewLines(path, this.places.ranks);
    const { lines, place } = news === null || news.replaced ? await readLastLines(path) : news;
    const newest = lines.findLast((line) => parseLine(line) !== null);
    if (newest !== undefined) this.ranks = parseLine(newest);
    this.places = { ...this.places, ranks: place };
  }

  private take(file: GrowingFile, text: string): void {
    const line = file === 'metrics' ? parseNumbers(text) : parseLine(text);
    if (line === null || !this.keep(file, line)) this.unreadable.set(file, (this.unreadable.get(file) ?? 0) + 1);
  }

  private keep(file: GrowingFile, line: Line): boolean {
    if (file === 'metrics') {
      if (!this.curves.add(line)) return false;
      this.newest = line;
    } else if (file === 'events') {
      this.events.push(line);
      if (this.events.length > 2 * MOST_EVENTS) this.events = this.events.slice(-MOST_EVENTS);
    } else if (file === 'logs') {
      if (typeof line['run'] === 'string' && line['run'] !== this.loggedRun) {
        this.loggedRun = line['run'];
        this.firstError = null;
      }
      if (line['level'] === 'error') this.firstError ??= line;
    }
    return true;
  }

  private forget(file: GrowingFile): void {
    this.unreadable.delete(file);
    if (file === 'metrics') {
      this.curves = new Curves();
      this.newest = null;
    } else if (file === 'events') this.events = [];
    // A log that has grown long goes on in a new file: what failed first stays.
  }
}
