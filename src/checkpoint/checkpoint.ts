/**
 * Checkpoints: OUT/checkpoints/step-N with model.safetensors and optimizer.safetensors (float32), the texts that make it
 * usable by itself (config.json, vocab.txt), and state.json with a hash of each file. Whole or absent, whatever crashes.
 */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { messageOf, MlipError } from '../core/errors.js';
import type { HostTensor, HostTensors } from '../core/host-tensor.js';
import { checkpointsOf, listCheckpoints, openDraft, publish, retain } from './checkpoint-directory.js';
import { digestFile, writeDurably, type FileDigest } from '../core/durable-file.js';
import { readSafetensors, writeSafetensors } from '../safetensors/safetensors.js';
import { formatState, parseState, PLAIN_NAME, STATE_FILE, type RunState, type StateFile } from './state-file.js';

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

/**
 * Writes `out`/checkpoints/step-N and returns its path once it is on disk; then deletes all but the newest `keep`. One
 * call at a time per `out`. Throws MLIP_E_OUT_WRITE, and then an earlier checkpoint of the same step is still there.
 */
export async function saveCheckpoint(out: string, checkpoint: Checkpoint, keep = Infinity): Promise<string> {
  const { step } = checkpoint.state;
  let draft: string | undefined;
  try {
    draft = await openDraft(out, step);
    await writeFiles(draft, checkpoint);
    const path = await publish(draft, out, step);
    await retain(out, keep, step);
    return path;
  } catch (cause) {
    if (draft !== undefined) await rm(draft, { recursive: true, force: true });
    if (cause instanceof MlipError) throw cause;
    throw unwritable(out, step, cause);
  }
}

async function writeFiles(draft: string, { state, model, optimizer, files }: Checkpoint): Promise<void> {
  const digests: Record<string, FileDigest> = {
    // transformers refuses files without this mark.
    [MODEL_FILE]: await writeSafetensors(join(draft, MODEL_FILE), model, { format: 'pt' }),
    [OPTIMIZER_FILE]: await writeSafetensors(join(draft, OPTIMIZER_FILE), optimizer),
  };
  for (const [name, text] of Object.entries(files)) {
    digests[name] = await writeDurably(join(draft, requirePlainName(name)), [Buffer.from(text)]);
  }
  await writeDurably(join(draft, STATE_FILE), [Buffer.from(formatState(state, digests))]);
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

export interface LoadOptions {
  /** False leaves `optimizer` empty: enough to evaluate. Default true. */
  optimizer?: boolean;
}

/**
 * Reads a checkpoint and verifies every file that it reads. Throws MLIP_E_CHECKPOINT_MISSING, or
 * MLIP_E_CHECKPOINT_CORRUPT with the file that is to blame.
 */
export async function loadCheckpoint(path: string, { optimizer = true }: LoadOptions = {}): Promise<Checkpoint> {
  const { files: digests, format: _format, version: _version, ...state } = await readState(path);
  const names = Object.keys(digests).filter((name) => optimizer || name !== OPTIMIZER_FILE);
  for (const name of [MODEL_FILE, OPTIMIZER_FILE]) {
    if (!Object.hasOwn(digests, name)) throw await corrupt(path, STATE_FILE, `it does not list ${name}`);
  }
  for (const name of names) await verify(path, name, digests[name]);
  const texts = names.filter((name) => name !== MODEL_FILE && name !== OPTIMIZER_FILE);
  const files = await Promise.all(texts.map(async (name) => [name, await readFile(join(path, name), 'utf8')] as const));
  return {
    state,
    model: await readSafetensors(join(path, MODEL_FILE)),
    optimizer: optimizer ? await readSafetensors(join(path, OPTIMIZER_FILE)) : new Map<string, HostTensor>(),
    files: Object.fromEntries(files),
  };
}

/** state.json alone: quick, and enough to say what a checkpoint is. */
export async function readState(path: string): Promise<StateFile> {
  const text = await readFile(join(path, STATE_FILE), 'utf8').catch((cause: Error) => {
    throw missing(path, cause);
  });
  const parsed = parseState(text);
  if ('fault' in parsed) throw await corrupt(path, STATE_FILE, parsed.fault);
  return parsed.state;
}

async function verify(path: string, name: string, expected: FileDigest): Promise<void> {
  const found = await digestFile(join(path, name)).catch(async (cause: unknown) => {
    throw await corrupt(path, name, messageOf(cause));
  });
  if (found.bytes !== expected.bytes) {
    throw await corrupt(path, name, `it has ${found.bytes} bytes, ${expected.bytes} were written`);
  }
  if (found.sha256 !== expected.sha256) throw await corrupt(path, name, 'its contents are not what was written');
}

async function corrupt(path: string, name: string, what: string): Promise<MlipError> {
  const root = dirname(resolve(path));
  const all = root === checkpointsOf(dirname(root)) ? await listCheckpoints(dirname(root)) : [];
  const others = all.filter((other) => other.path !== resolve(path));
  const instead = others.length > 0 ? `go on from ${others[0].path}` : 'start again, since there is no other';
  return new MlipError('MLIP_E_CHECKPOINT_CORRUPT', `the checkpoint is damaged: ${what}`, {
    where: join(path, name),
    remedy: `Delete ${path}, then ${instead}.`,
  });
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

function missing(path: string, cause?: Error): MlipError {
  const why = cause === undefined ? '' : `: ${cause.message}`;
  return new MlipError('MLIP_E_CHECKPOINT_MISSING', `there is no checkpoint${why}`, {
    where: path,
    remedy: 'Give an output directory, or one of the directories OUT/checkpoints/step-N.',
    cause,
  });
}
