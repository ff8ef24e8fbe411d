/** From the training state to a checkpoint and back. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Ring } from '../collectives/ring.js';
import type { Config } from '../config/schema.js';
import type { HostTensors } from '../core/host-tensor.js';
import { loadCheckpoint, saveCheckpoint } from '../checkpoint/checkpoint.js';
import { matchLayout } from '../checkpoint/layout-match.js';
import { readVocabulary } from '../data/vocabulary.js';
import { modelLayout } from '../encoders/model-layout.js';
import type { Engine } from '../engine/load.js';
import type { Session } from './session.js';
import { downloadState, initialState, optimizerLayout, type HostState, type TrainingState } from './training-state.js';

const VOCABULARY_FILE = 'vocab.txt';
const CONFIG_FILE = 'config.json';

/** Writes OUT/checkpoints/step-N of what `state` holds now; the path. */
export async function saveState(
  engine: Engine,
  session: Session,
  vocabulary: readonly string[],
  state: TrainingState,
): Promise<string> {
  const { config, runId, world, out } = session;
  const configText = `${JSON.stringify(config, null, 2)}\n`;
  const configHash = createHash('sha256').update(configText).digest('hex');
  const checkpoint = {
    ...downloadState(engine, state),
    state: { step: state.step, runId, seed: config.seed, world, configHash },
    files: { [CONFIG_FILE]: configText, [VOCABULARY_FILE]: `${vocabulary.join('\n')}\n` },
  };
  return saveCheckpoint(out, checkpoint, config.checkpoint.keep);
}

/** The pieces that a checkpoint was trained with, where this machine can read them. */
export async function vocabularyOf(checkpoint: string): Promise<string[] | undefined> {
  const path = join(checkpoint, VOCABULARY_FILE);
  return existsSync(path) ? readVocabulary(path) : undefined;
}

/**
 * The state at the start of a run: a function of the seed, or that of the checkpoint to resume, which rank 0 reads and
 * the others get from it.
 */
export async function startingState(
  { config, resume, rank }: Session,
  ring: Ring,
  vocabularySize: number,
): Promise<HostState> {
  const state = initialState(config, vocabularySize);
  if (resume === null) return state;
  const read = rank === 0 ? await readState(resume.checkpoint, config, vocabularySize) : undefined;
  for (const part of ['model', 'optimizer'] as const) {
    for (const [name, { data }] of state[part]) {
      if (read !== undefined) data.set(read[part].get(name)!.data);
      await ring.broadcast(data, 0);
    }
  }
  return state;
}

async function readState(path: string, config: Config, vocabularySize: number): Promise<HostState> {
  const { model, optimizer } = await loadCheckpoint(path);
  return {
    model: matchLayout(model, modelLayout(config, vocabularySize), path),
    optimizer: matchLayout(optimizer, optimizerLayout(config, vocabularySize), path),
  };
}

/** Equal on all ranks exactly where the parameters are, to the bit. */
export function hashTensors(tensors: HostTensors): string {
  const hash = createHash('sha256');
  for (const [name, { data }] of tensors)
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}
