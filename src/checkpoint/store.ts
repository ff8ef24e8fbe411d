/**
 * Where checkpoints are kept: one interface for a directory, S3 and an object store. In each, a checkpoint is there
 * from the moment in which its state.json is, and that is written last.
 */
import type { FileDigest } from '../core/durable-file.js';
import type { StateFile } from './state-file.js';

/** A file of a checkpoint on its way from one store to another. */
export interface StoredFile {
  name: string;
  /** What it must be: a store that receives anything else keeps nothing. */
  digest: FileDigest;
  read: () => AsyncIterable<Uint8Array>;
}

/** One writer at a time; any number of readers. */
export interface CheckpointStore {
  /** For people: a path or a URL, without secrets. */
  readonly where: string;
  /** Steps of the checkpoints that are there, the newest first; whether they are whole is another question. */
  list(): Promise<number[]>;
  /** Path or URL of a checkpoint, for people. */
  locate(step: number): Promise<string>;
  /** @throws MLIP_E_CHECKPOINT_MISSING, MLIP_E_CHECKPOINT_CORRUPT */
  state(step: number): Promise<StateFile>;
  /** The contents of a file, not verified. */
  read(step: number, name: string): AsyncIterable<Uint8Array>;
  /** Takes the place of an earlier one of the same step. Throws where a file is not what its digest says. */
  write(state: StateFile, files: readonly StoredFile[]): Promise<void>;
  remove(step: number): Promise<void>;
}
