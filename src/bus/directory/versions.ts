/**
 * One thing that changes, as a directory with a file for each of its latest versions, named by number. Whoever makes the next number
 * first has changed it; the highest number holds, and it never gets lower, so that a process which was stopped for hours
 * cannot undo anything.
 */
import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MlipError } from '../../core/errors.js';
import { createChecked, ensureDirectory, readChecked } from './checked-file.js';
import { errnoOf, isForgotten } from './failures.js';

/** Older versions than so many are removed: they only serve to tell a late writer what became of its version. */
const KEPT = 64;

interface Chained<M> {
  /** Tells this version from any other of that number. */
  readonly nonce: string;
  /** The nonce of the version before. */
  readonly after: string;
  readonly own: M;
}

export interface Version<M> {
  readonly revision: number;
  readonly meta: M;
  readonly value: Uint8Array;
  readonly nonce: string;
}

export class Versions<M> {
  readonly #directory: string;
  readonly #drafts: string;

  constructor(directory: string, drafts: string) {
    this.#directory = directory;
    this.#drafts = drafts;
  }

  async latest(): Promise<Version<M> | null> {
    for (;;) {
      const revision = (await this.#numbers()).at(-1);
      if (revision === undefined) return null;
      const version = await this.#read(revision);
      if (version !== null) return version;
    }
  }

  /** Makes the version after `before`; null if there is one already. */
  async append(before: Version<M> | null, meta: M, value: Uint8Array): Promise<Version<M> | null> {
    const revision = (before?.revision ?? 0) + 1;
    const nonce = randomBytes(8).toString('hex');
    const chained = { nonce, after: before?.nonce ?? '', own: meta };
    if (!(await this.#create(revision, { meta: chained, value }))) return null;
    const numbers = await this.#numbers();
    if (numbers.some((number) => number > revision) && !(await this.#wasFollowed(revision, nonce))) return null;
    await this.#clear(numbers, revision);
    return { revision, meta, value, nonce };
  }

  /** The thing is no more. What a crash or another process leaves of it does no harm. */
  async forget(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }

  async #create(revision: number, file: { meta: Chained<M>; value: Uint8Array }): Promise<boolean> {
    if (revision === 1) await ensureDirectory(this.#directory);
    try {
      return await createChecked(this.#path(revision), this.#drafts, file);
    } catch (error) {
      if (isForgotten(error)) return false;
      throw error;
    }
  }

  /**
   * Newer versions exist. Either the next one was made from ours, or ours came so late that its number had been used and removed.
   */
  async #wasFollowed(revision: number, nonce: string): Promise<boolean> {
    const next = await readChecked<Chained<M>>(this.#path(revision + 1));
    if (next === null) throw unknownOutcome(this.#directory);
    if (next.meta.after === nonce) return true;
    await rm(this.#path(revision), { force: true });
    return false;
  }

  async #clear(numbers: readonly number[], revision: number): Promise<void> {
    const old = numbers.filter((number) => number <= revision - KEPT);
    await Promise.all(old.map((number) => rm(this.#path(number), { force: true })));
  }

  async #read(revision: number): Promise<Version<M> | null> {
    const file = await readChecked<Chained<M>>(this.#path(revision));
    return file && { revision, meta: file.meta.own, value: file.value, nonce: file.meta.nonce };
  }

  /** Ascending. */
  async #numbers(): Promise<number[]> {
    return (await namesIn(this.#directory)).map(Number);
  }

  #path(revision: number): string {
    return join(this.#directory, fileNumber(revision));
  }
}

/** Numbers as names that sort like them. */
export function fileNumber(number: number): string {
  return String(number).padStart(16, '0');
}

/** Sorted; none if there is no such directory. */
export async function namesIn(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  });
  return names.sort();
}

function unknownOutcome(where: string): MlipError {
  return new MlipError(
    'MLIP_E_STORE_TIMEOUT',
    'this process was stopped while it wrote, and the value has changed since',
    {
      where,
      remedy: 'Read the value again.',
    },
  );
}
