/** From the training state to a checkpoint and back. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/schema.js';
import type { HostTensors } from '../core/host-tensor.js';
import type { Logger } from '../core/log.js';
import { loadCheckpoint } from '../checkpoint/checkpoint.js';
import { readInitialWeights } from '../checkpoint/initial-weights.js';
import { matchLayout } from '../checkpoint/layout-match.js';
import { readVocabulary } from '../data/vocabulary.js';
import { modelLayout } from '../encoders/model-layout.js';
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
 * The state with which a run begins: that of a checkpoint, or a function of the seed, with initial weights in it where the run
 * has some.
 *
 * @param checkpoint empty for the beginning
 */
export async function startingState(
  config: Config,
  checkpoint: string,
  vocabulary: readonly string[],
  log: Logger,
): Promise<HostState> {
  if (checkpoint !== '') return readState(checkpoint, config, vocabulary.length);
  const state = initialState(config, vocabulary.length);
  if (config.initialWeights !== '') {
    for (const [name, { data }] of await readInitial(config, vocabulary, log)) state.model.get(name)!.data.set(data);
  }
  return state;
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
