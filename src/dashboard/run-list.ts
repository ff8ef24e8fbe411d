/** The runs below a directory, which may be one itself. Names that browsers send are looked up here and lead nowhere else. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { WatchedRun } from './watched-run.js';

/** Any of these makes a directory a run. */
const MARKS = ['config.yaml', 'metrics.jsonl', 'run.json', 'coordinator.json'];

/** More are not looked at. */
const MOST_RUNS = 500;

/** Runs of which what was read is kept. */
const MOST_KEPT = 16;

export class RunList {
  private readonly root: string;
  /** Most recently asked for last. */
  private readonly kept = new Map<string, WatchedRun>();

  constructor(root: string) {
    this.root = resolve(root);
  }

  /** Names, those of the newest first as far as names tell. A directory that is not there yet has none. */
  async names(): Promise<string[]> {
    if (isRun(this.root)) return [basename(this.root)];
    const entries = await readdir(this.root, { withFileTypes: true }).catch(() => []);
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    return names
      .filter((name) => isRun(join(this.root, name)))
      .sort()
      .reverse()
      .slice(0, MOST_RUNS);
  }

  /** All of them, known well enough to be listed. */
  async glance(): Promise<[name: string, run: WatchedRun][]> {
    const seen: [string, WatchedRun][] = [];
    for (const name of await this.names()) {
      const followed = this.kept.get(this.directoryOf(name));
      const run = followed ?? new WatchedRun(this.directoryOf(name));
      await (followed === undefined ? run.glance() : run.refresh());
      seen.push([name, run]);
    }
    return seen;
  }

  /** Undefined for a name that is none of a run here. */
  async find(name: string): Promise<WatchedRun | undefined> {
    if (!(await this.names()).includes(name)) return undefined;
    const directory = this.directoryOf(name);
    const run = this.kept.get(directory) ?? new WatchedRun(directory);
    this.kept.delete(directory);
    this.kept.set(directory, run);
    for (const [oldest] of this.kept) if (this.kept.size > MOST_KEPT) this.kept.delete(oldest);
    return run;
  }

  private directoryOf(name: string): string {
    return isRun(this.root) ? this.root : join(this.root, name);
  }
}

function isRun(directory: string): boolean {
  return MARKS.some((name) => existsSync(join(directory, name)));
}
