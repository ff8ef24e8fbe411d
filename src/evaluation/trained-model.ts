/** A checkpoint as evaluation uses it: its weights, the configuration it was trained with, its vocabulary. */
import { join } from 'node:path';
import { z } from 'zod';
import { loadCheckpoint, resolveCheckpoint } from '../checkpoint/checkpoint.js';
import { matchLayout } from '../checkpoint/layout-match.js';
import type { Config } from '../config/schema.js';
import { parseStoredConfig } from '../config/stored.js';
import { MlipError, messageOf } from '../core/errors.js';
import type { HostTensors } from '../core/host-tensor.js';
import { readVocabulary } from '../data/vocabulary.js';
import { modelLayout } from '../encoders/model-layout.js';

const CONFIG_FILE = 'config.json';
const VOCABULARY_FILE = 'vocab.txt';

export interface TrainedModel {
  /** Directory of the checkpoint. */
  path: string;
  config: Config;
  /** Pieces by id. */
  vocabulary: string[];
  /** Parameters and running statistics, in the order of the layouts. */
  tensors: HostTensors;
}

/**
 * @param checkpoint a checkpoint, or an output directory, which stands for its newest one.
 * @throws MLIP_E_CHECKPOINT_MISSING, MLIP_E_CHECKPOINT_CORRUPT, MLIP_E_CHECKPOINT_MISMATCH, MLIP_E_DATA_VOCABULARY
 */
export async function readTrainedModel(checkpoint: string): Promise<TrainedModel> {
  const path = await resolveCheckpoint(checkpoint);
  const { model, files } = await loadCheckpoint(path, { optimizer: false });
  const config = parseConfig(files[CONFIG_FILE], path);
  const vocabulary = await readVocabulary(join(path, VOCABULARY_FILE));
  const layout = modelLayout(config, vocabulary.length);
  return { path, config, vocabulary, tensors: matchLayout(model, layout, path) };
}

/** The complaints of a schema in words, in one line. */
function reasonOf(cause: unknown): string {
  return cause instanceof z.ZodError ? z.prettifyError(cause).split('\n').join(' ') : messageOf(cause);
}

function parseConfig(text: string | undefined, path: string): Config {
  try {
    if (text === undefined) throw new Error('it is not there');
    return parseStoredConfig(text);
  } catch (cause) {
    throw new MlipError('MLIP_E_CHECKPOINT_CORRUPT', `the configuration cannot be read: ${reasonOf(cause)}`, {
      where: join(path, CONFIG_FILE),
      remedy: 'Use a checkpoint that this version of mlip has written.',
      cause,
    });
  }
}
