/** From a checkpoint, or initial weights, to the state from which training starts. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Ring } from '../collectives/ring.js';
import type { Config } from '../config/schema.js';
import type { HostTensors } from '../core/host-tensor.js';
import type { Logger } from '../core/log.js';
import { loadCheckpoint } from '../checkpoint/checkpoint.js';
import { readInitialWeights } from '../checkpoint/initial-weights.js';
import { matchLayout } from '../checkpoint/layout-match.js';
import { readVocabulary } from '../data/vocabulary.js';
import { modelLayout } from '../encoders/model-layout.js';
import type { Session } from './session.js';
import { initialState, optimizerLayout, type HostState } from './training-state.js';

const VOCABULARY_FILE = 'vocab.txt';
/** Of these, initial weights have all or nothing, or somebody should know. */
const ENCODERS = ['vision.', 'text.'];

/** The pieces that a checkpoint was trained with, where this machine can read them. */
export async function vocabularyOf(checkpoint: string): Promise<string[] | undefined> {
  const path = join(checkpoint, VOCABULARY_FILE);
  return existsSync(path) ? readVocabulary(path) : undefined;
}

/**
 * The state at the start of a run: a function of the seed, with initial weights in it where the run has some, or that of
 * the checkpoint to resume. Rank 0 reads files, and the others get from it what they hold.
 */
export async function startingState(
  { config, resume, rank }: Session,
  ring: Ring,
  vocabulary: readonly string[],
  log: Logger,
): Promise<HostState> {
  const state = initialState(config, vocabulary.length);
  if (resume !== null) {
    const read = rank === 0 ? await readState(resume.checkpoint, config, vocabulary.length) : undefined;
    await replace(state.model, read?.model, ring);
    await replace(state.optimizer, read?.optimizer, ring);
  } else if (config.initialWeights !== '') {
    const read = rank === 0 ? await readInitial(config, vocabulary, log) : undefined;
    await replace(state.model, read, ring);
  }
  return state;
}

/** Puts what rank 0 has read in place of the same tensors, on all ranks. */
async function replace(tensors: HostTensors, read: HostTensors | undefined, ring: Ring): Promise<void> {
  for (const [name, { data }] of tensors) {
    const found = read?.get(name);
    if (found !== undefined) data.set(found.data);
    await ring.broadcast(data, 0);
  }
}

async function readInitial(config: Config, vocabulary: readonly string[], log: Logger): Promise<HostTensors> {
  const { initialWeights: file } = config;
  const layout = modelLayout(config, vocabulary.length);
  const read = await readInitialWeights(file, { layout, vocabulary });
  const missing = layout.map(({ name }) => name).filter((name) => !read.has(name));
  log.info('initial weights', { file, tensors: read.size, missing: missing.length, names: missing.join(' ') });
  const gaps = missing.filter((name) => ENCODERS.some((part) => name.startsWith(part) && holds(read, part)));
  if (gaps.length > 0) log.warn('parts of an encoder are not in the initial weights', { file, names: gaps.join(' ') });
  return read;
}

async function readState(path: string, config: Config, vocabularySize: number): Promise<HostState> {
  const { model, optimizer } = await loadCheckpoint(path);
  return {
    model: matchLayout(model, modelLayout(config, vocabularySize), path),
    optimizer: matchLayout(optimizer, optimizerLayout(config, vocabularySize), path),
  };
}

function holds(tensors: HostTensors, prefix: string): boolean {
  return [...tensors.keys()].some((name) => name.startsWith(prefix));
}

/** Equal on all ranks exactly where the parameters are, to the bit. */
export function hashTensors(tensors: HostTensors): string {
  const hash = createHash('sha256');
  for (const [name, { data }] of tensors)
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}
