/**
 * Checkpoints: OUT/checkpoints/step-N with model.safetensors and optimizer.safetensors (float32), the texts that make it
 * usable by itself (config.json, vocab.txt), and state.json with a hash of each file. Whole or absent, whatever crashes.
 */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, MlipError } from '../core/errors.js';
import type { HostTensor, HostTensors } from '../core/host-tensor.js';
import { listCheckpoints, openDraft, publish } from './checkpoint-directory.js';
import { writeDurably, type FileDigest } from '../core/durable-file.js';
import { readSafetensors, writeSafetensors } from '../safetensors/safetensors.js';
import { DirectoryStore } from './directory-store.js';
import { corrupt, missing, readState, verifyFile } from './read-state.js';
import { retain } from './retain.js';
import { KEEP_ALL, type RetentionPolicy } from './retention.js';
import { formatState, PLAIN_NAME, sealState, STATE_FILE, type RunState, type StateFile } from './state-file.js';

export { readState } from './read-state.js';

const MODEL_FILE = 'model.safetensors';
const OPTIMIZER_FILE = 'optimizer.safetensors';

export interface Checkpoint {
  state: RunState;
  /** Parameters and running statistics. */
  model: HostTensors;
  optimizer: HostTensors;
  /** Further texts by file name, e.g. `vocab.txt`. */
  files: Readonly<Record<string, string>>;
}

export interface SavedCheckpoint {
  step: number;
  /** Of the directory. */
  path: string;
  /** Of all that is in it: the sha256 of state.json. */
  digest: string;
}

export interface SaveOptions {
  /** What is deleted afterwards. Default: nothing. */
  policy?: RetentionPolicy;
  /** Steps that stay all the same. */
  pinned?: Iterable<number>;
  /** What the policy gives up could not be deleted: no reason to call the new one unwritten. */
  notRetained?: (error: MlipError) => void;
}

/**
 * Writes `out`/checkpoints/step-N and resolves once it is on disk; then deletes what the policy gives up. One call at a
 * time per `out`. Throws MLIP_E_OUT_WRITE, and then an earlier checkpoint of the same step is still there.
 */
export async function saveCheckpoint(
  out: string,
  checkpoint: Checkpoint,
  { policy = KEEP_ALL, pinned = [], notRetained }: SaveOptions = {},
): Promise<SavedCheckpoint> {
  const { step } = checkpoint.state;
  let draft: string | undefined;
  try {
    draft = await openDraft(out, step);
    const { sha256: digest } = await writeFiles(draft, checkpoint);
    const path = await publish(draft, out, step);
    await retain(new DirectoryStore(out), policy, new Set([step, ...pinned])).catch((cause: unknown) =>
      notRetained?.(undeletable(out, cause)),
    );
    return { step, path, digest };
  } catch (cause) {
    // Why writing failed is worth more than why its remains cannot be removed.
    if (draft !== undefined) await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    if (cause instanceof MlipError) throw cause;
    throw unwritable(out, step, cause);
  }
}

async function writeFiles(draft: string, { state, model, optimizer, files }: Checkpoint): Promise<StateFile> {
  const digests: Record<string, FileDigest> = {
    // transformers refuses files without this mark.
    [MODEL_FILE]: await writeSafetensors(join(draft, MODEL_FILE), model, { format: 'pt' }),
    [OPTIMIZER_FILE]: await writeSafetensors(join(draft, OPTIMIZER_FILE), optimizer),
  };
  for (const [name, text] of Object.entries(files)) {
    digests[name] = await writeDurably(join(draft, requirePlainName(name)), [Buffer.from(text)]);
  }
  const sealed = sealState(state, digests);
  await writeDurably(join(draft, STATE_FILE), [Buffer.from(formatState(sealed))]);
  return sealed;
}

function requirePlainName(name: string): string {
  if (PLAIN_NAME.test(name) && ![MODEL_FILE, OPTIMIZER_FILE, STATE_FILE].includes(name)) return name;
  throw new MlipError('MLIP_E_INTERNAL', `${name} cannot be the name of a file of a checkpoint`);
}

function unwritable(out: string, step: number, cause: unknown): MlipError {
  return new MlipError('MLIP_E_OUT_WRITE', `cannot write the checkpoint of step ${step}: ${messageOf(cause)}`, {
    where: out,
    remedy: 'Check permissions and free space; the run can go on from the checkpoint before.',
    cause,
  });
}

function undeletable(out: string, cause: unknown): MlipError {
  return new MlipError('MLIP_E_OUT_WRITE', `cannot delete earlier checkpoints: ${messageOf(cause)}`, {
    where: out,
    remedy: 'Check permissions and delete by hand what is not to be kept, before the disk is full.',
    cause,
  });
}

export interface LoadOptions {
  /** False leaves `optimizer` empty: enough to evaluate. Default true. */
  optimizer?: boolean;
}

/**
 * Reads a checkpoint and verifies every file that it reads. Throws MLIP_E_CHECKPOINT_MISSING, or
 * MLIP_E_CHECKPOINT_CORRUPT with the file that is to blame.
 */
export async function loadCheckpoint(path: string, { optimizer = true }: LoadOptions = {}): Promise<Checkpoint> {
  const { files: digests, format: _format, version: _version, sha256: _sha256, ...state } = await readState(path);
  const names = Object.keys(digests).filter((name) => optimizer || name !== OPTIMIZER_FILE);
  for (const name of [MODEL_FILE, OPTIMIZER_FILE]) {
    if (!Object.hasOwn(digests, name)) throw await corrupt(path, STATE_FILE, `it does not list ${name}`);
  }
  for (const name of names) await verifyFile(path, name, digests[name]);
  const texts = names.filter((name) => name !== MODEL_FILE && name !== OPTIMIZER_FILE);
  const files = await Promise.all(texts.map(async (name) => [name, await readFile(join(path, name), 'utf8')] as const));
  return {
    state,
    model: await readSafetensors(join(path, MODEL_FILE)),
    optimizer: optimizer ? await readSafetensors(join(path, OPTIMIZER_FILE)) : new Map<string, HostTensor>(),
    files: Object.fromEntries(files),
  };
}

/** Path of the newest checkpoint of an output directory; undefined if it has none. */
export async function latestCheckpoint(out: string): Promise<string | undefined> {
  return (await listCheckpoints(out)).at(0)?.path;
}

/** Path of the checkpoint that `path` names: a checkpoint, or an output directory, which stands for its newest one. */
export async function resolveCheckpoint(path: string): Promise<string> {
  if (existsSync(join(path, STATE_FILE))) return path;
  const latest = await latestCheckpoint(path);
  if (latest === undefined) throw missing(path);
  return latest;
}
