/** Where the objects of a run are in a store: in a bucket of its name, below a folder that no other run has. */
import { createHash } from 'node:crypto';
import type { ObjectStore, Store } from '../../bus/store.js';
import { ObjectCheckpointStore } from '../../checkpoint/object-store.js';
import type { ReportName } from './manifest.js';

/** Buckets have shorter names than runs, and no dots. */
const FITTING = /^[\w-]{1,50}$/;
const HASH_DIGITS = 16;

export function bucketOf(run: string): string {
  if (FITTING.test(run)) return `run-${run}`;
  const hash = createHash('sha256').update(run).digest('hex').slice(0, HASH_DIGITS);
  return `runs-${run.replace(/[^\w-]/g, '-').slice(0, 40)}-${hash}`;
}

export class RunObjects {
  readonly objects: ObjectStore;
  readonly folder: string;
  /** For people. */
  readonly where: string;

  constructor(objects: ObjectStore, folder: string, where: string) {
    this.objects = objects;
    this.folder = folder;
    this.where = where;
  }

  static async open(store: Store, run: string, folder: string): Promise<RunObjects> {
    const bucket = bucketOf(run);
    return new RunObjects(await store.objects(bucket), folder, `${store.where}/${bucket}/${folder}`);
  }

  /** Before the names of the objects. */
  get prefix(): string {
    return `${this.folder}/`;
  }

  /** Looks anew at what is there. */
  checkpoints(): ObjectCheckpointStore {
    return new ObjectCheckpointStore({ objects: this.objects, where: this.where, prefix: this.prefix });
  }

  reportObject(name: ReportName): string {
    return `${this.prefix}reports/${name}`;
  }

  /** A name stands for its newest run: removes what those before have left. */
  async removeOthers(): Promise<void> {
    for (const { name } of await this.objects.list()) {
      if (!name.startsWith(this.prefix)) await this.objects.remove(name);
    }
  }
}
