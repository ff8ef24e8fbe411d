/** Checkpoints in OUT/checkpoints of a file system. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readPieces, writeDurably } from '../core/durable-file.js';
import { checkpointsOf, listCheckpoints, openDraft, publish, removeCheckpoint } from './checkpoint-directory.js';
import { damaged, faultOf, missing, readState } from './read-state.js';
import { formatState, STATE_FILE, type StateFile } from './state-file.js';
import type { CheckpointStore, StoredFile } from './store.js';

export class DirectoryStore implements CheckpointStore {
  readonly where: string;
  private readonly out: string;

  /** @param out output directory of a run */
  constructor(out: string) {
    this.out = out;
    this.where = checkpointsOf(out);
  }

  async list(): Promise<number[]> {
    return (await listCheckpoints(this.out)).map(({ step }) => step);
  }

  async locate(step: number): Promise<string> {
    const found = (await listCheckpoints(this.out)).find((stored) => stored.step === step);
    return found?.path ?? join(this.where, `step-${step}`);
  }

  async state(step: number): Promise<StateFile> {
    return readState(await this.locate(step));
  }

  async *read(step: number, name: string): AsyncGenerator<Uint8Array> {
    const path = await this.locate(step);
    try {
      yield* readPieces(join(path, name));
    } catch (error) {
      // Given up by the policy while it was read is not the same as damaged.
      throw existsSync(path) ? error : missing(path, error as Error);
    }
  }

  async write(state: StateFile, files: readonly StoredFile[]): Promise<void> {
    const draft = await openDraft(this.out, state.step);
    try {
      for (const { name, digest, read } of files) {
        const fault = faultOf(await writeDurably(join(draft, name), read()), digest);
        if (fault !== undefined) throw damaged(name, fault, 'Take another checkpoint.');
      }
      await writeDurably(join(draft, STATE_FILE), [Buffer.from(formatState(state))]);
      await publish(draft, this.out, state.step);
    } catch (error) {
      // Why writing failed is worth more than why its remains cannot be removed.
      await rm(draft, { recursive: true, force: true }).catch(() => undefined);
      throw error;
    }
  }

  async remove(step: number): Promise<void> {
    if (!(await this.list()).includes(step)) throw missing(await this.locate(step));
    await removeCheckpoint(this.out, step);
  }
}
