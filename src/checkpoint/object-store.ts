/**
 * Checkpoints as objects: `PREFIXstep-N/FILE`, in S3 or in the object store of a message bus. Objects cannot be renamed
 * together, so what makes a checkpoint is its state.json: it is put last, and removed first.
 */
import { text } from 'node:stream/consumers';
import { hasCode, MlipError } from '../core/errors.js';
import { damaged, faultOf, missing } from './read-state.js';
import { formatState, parseState, PLAIN_NAME, STATE_FILE, type StateFile } from './state-file.js';
import type { CheckpointStore, StoredFile } from './store.js';

/** What is needed of a store of objects; the one of the bus fits. */
export interface ObjectStore {
  /** Whole or absent; takes the place of an earlier one. */
  put(name: string, source: AsyncIterable<Uint8Array> | Uint8Array): Promise<{ bytes: number; sha256: string }>;
  get(name: string): AsyncIterable<Uint8Array>;
  list(): Promise<{ name: string; bytes: number }[]>;
  remove(name: string): Promise<unknown>;
}

const NAME = /^step-(\d+)\/(.+)$/;

export interface ObjectCheckpoints {
  objects: ObjectStore;
  /** URL for people; checkpoints are directories of it. */
  where: string;
  /** Of the objects' names; ends with a slash where it is not empty. */
  prefix?: string;
  /** A checkpoint of more bytes is refused. */
  maxBytes?: number;
}

export class ObjectCheckpointStore implements CheckpointStore {
  readonly where: string;
  private readonly objects: ObjectStore;
  private readonly prefix: string;
  private readonly maxBytes: number;
  /** Read before, or written: retention asks for them again and again. */
  private readonly states = new Map<number, StateFile>();

  constructor({ objects, where, prefix = '', maxBytes = Infinity }: ObjectCheckpoints) {
    this.objects = objects;
    this.where = where;
    this.prefix = prefix;
    this.maxBytes = maxBytes;
  }

  async list(): Promise<number[]> {
    const found = [...(await this.names())].filter(([, names]) => names.includes(STATE_FILE));
    return found.map(([step]) => step).sort((a, b) => b - a);
  }

  async locate(step: number): Promise<string> {
    return `${this.where}/step-${step}`;
  }

  async state(step: number): Promise<StateFile> {
    const known = this.states.get(step) ?? (await this.readState(step));
    this.states.set(step, known);
    return known;
  }

  read(step: number, name: string): AsyncIterable<Uint8Array> {
    return this.objects.get(this.nameOf(step, name));
  }

  async write(state: StateFile, files: readonly StoredFile[]): Promise<void> {
    const { step } = state;
    this.requireSize(state);
    await this.clear(step);
    for (const { name, digest, read } of files) {
      const fault = faultOf(await this.objects.put(this.nameOf(step, name), read()), digest);
      if (fault !== undefined) throw damaged(name, fault, 'Take another checkpoint.');
    }
    await this.objects.put(this.nameOf(step, STATE_FILE), Buffer.from(formatState(state)));
    this.states.set(step, state);
  }

  async remove(step: number): Promise<void> {
    const names = (await this.names()).get(step);
    if (names === undefined) throw missing(await this.locate(step));
    await this.removeAll(step, names);
  }

  /** Removes what crashes have left, and an earlier checkpoint of the step that is to be written. */
  private async clear(step: number): Promise<void> {
    for (const [other, names] of await this.names()) {
      if (other === step || !names.includes(STATE_FILE)) await this.removeAll(other, names);
    }
  }

  private async removeAll(step: number, names: readonly string[]): Promise<void> {
    this.states.delete(step);
    const stateFirst = [...names].sort((a, b) => Number(b === STATE_FILE) - Number(a === STATE_FILE));
    for (const name of stateFirst) await this.objects.remove(this.nameOf(step, name));
  }

  /** Names of files by step. */
  private async names(): Promise<Map<number, string[]>> {
    const found = new Map<number, string[]>();
    for (const { name } of await this.objects.list()) {
      const match = name.startsWith(this.prefix) ? NAME.exec(name.slice(this.prefix.length)) : null;
      if (match === null || !PLAIN_NAME.test(match[2])) continue;
      found.set(Number(match[1]), [...(found.get(Number(match[1])) ?? []), match[2]]);
    }
    return found;
  }

  private async readState(step: number): Promise<StateFile> {
    const found = await text(this.read(step, STATE_FILE)).catch(async (error: unknown) => {
      throw isAbsence(error) ? missing(await this.locate(step)) : error;
    });
    const parsed = parseState(found);
    if ('state' in parsed) return parsed.state;
    throw damaged(`${await this.locate(step)}/${STATE_FILE}`, parsed.fault, 'Take another checkpoint.');
  }

  private nameOf(step: number, name: string): string {
    return `${this.prefix}step-${step}/${name}`;
  }

  private requireSize({ step, files }: StateFile): void {
    const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
    if (bytes <= this.maxBytes) return;
    const [size, most] = [bytes, this.maxBytes].map((count) => `${Math.ceil(count / (1 << 20))} MiB`);
    throw new MlipError('MLIP_E_CHECKPOINT_SIZE', `the checkpoint of step ${step} has ${size}, ${most} are taken`, {
      where: this.where,
      remedy: 'Set checkpoint.destination to keep large checkpoints in S3 as well.',
    });
  }
}

/** In the words of the store: S3's is MLIP_E_CHECKPOINT_MISSING already. */
function isAbsence(error: unknown): boolean {
  return hasCode(error, 'MLIP_E_STORE_MISSING');
}
