/** The directory of a store: where things are in it, and whether it is open. */
import { readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MlipError } from '../../core/errors.js';
import { createChecked, ensureDirectory } from './checked-file.js';
import { reporting } from './failures.js';
import { namesIn } from './versions.js';

const FORMAT = { format: 'mlip-store', version: 1 };

/** What was begun longer ago than this was left by a crash. */
const ABANDONED_MS = 24 * 3600 * 1000;

export interface PlaceTerms {
  readonly create?: boolean | undefined;
  readonly onCreated?: ((where: string) => void) | undefined;
}

export class Place {
  readonly root: string;
  readonly where: string;
  /** Files that have no name yet. */
  readonly drafts: string;
  readonly #closing = new AbortController();

  constructor(directory: string) {
    this.root = resolve(directory);
    this.where = this.root;
    this.drafts = join(this.root, 'drafts');
  }

  /** Given when the store is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  async open({ create = true, onCreated }: PlaceTerms = {}): Promise<void> {
    await reporting(this.where, async () => {
      if (!create) return this.#requireStore();
      await ensureDirectory(this.drafts);
      if (await this.#claim()) onCreated?.(this.where);
      await this.#clear();
    });
  }

  close(): void {
    this.#closing.abort();
  }

  /** Runs an operation on the files of the open store; what fails there is an MlipError. */
  async run<T>(operation: () => Promise<T>): Promise<T> {
    if (this.closing.aborted)
      throw new MlipError('MLIP_E_STORE_CLOSED', 'the store has been closed', { where: this.where });
    return reporting(this.where, operation);
  }

  /** Whether it was empty. A directory that holds something else is left alone. */
  async #claim(): Promise<boolean> {
    const names = (await namesIn(this.root)).filter((name) => name !== 'drafts');
    const empty = { meta: FORMAT, value: new Uint8Array() };
    const created = names.length === 0 && (await createChecked(this.#marker, this.drafts, empty));
    if (!(await this.#isMarked())) throw otherContents(this.root);
    return created;
  }

  /** For those who only read: a mistyped path stays as it is. */
  async #requireStore(): Promise<void> {
    if (!(await this.#isMarked())) throw noStore(this.root);
  }

  get #marker(): string {
    return join(this.root, 'mlip-store');
  }

  async #isMarked(): Promise<boolean> {
    const text = await readFile(this.#marker, 'utf8').catch(() => '');
    return text.includes(JSON.stringify(FORMAT));
  }

  async #clear(): Promise<void> {
    const drafts = (await namesIn(this.drafts)).map((name) => join(this.drafts, name));
    for (const draft of drafts) {
      const modifiedMs = await stat(draft).then(
        (entry) => entry.mtimeMs,
        () => Infinity,
      );
      if (Date.now() - modifiedMs > ABANDONED_MS) await rm(draft, { force: true });
    }
  }
}

function otherContents(where: string): MlipError {
  return new MlipError('MLIP_E_STORE_ADDRESS', 'this directory holds something else than a store of this version', {
    where,
    remedy: 'Choose an empty directory, or one that a store of this version made.',
  });
}

function noStore(where: string): MlipError {
  return new MlipError('MLIP_E_STORE_ADDRESS', 'there is no store of this version in this directory', {
    where,
    remedy: 'Name the directory that the coordinators have as --store; `mlip coordinator` and `mlip submit` make one.',
  });
}
