/** From which checkpoint a run goes on, and whether the configuration fits it. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readState } from '../../checkpoint/checkpoint.js';
import { listCheckpoints } from '../../checkpoint/checkpoint-directory.js';
import { openDestination } from '../../checkpoint/destination.js';
import { newestWhole } from '../../checkpoint/newest-whole.js';
import { missing } from '../../checkpoint/read-state.js';
import type { CheckpointStore } from '../../checkpoint/store.js';
import { architectureHash } from '../../config/architecture.js';
import type { Config } from '../../config/schema.js';
import { parseStoredConfig } from '../../config/stored.js';
import { MlipError } from '../../core/errors.js';

export interface ResumePoint {
  /** Applied steps. */
  step: number;
  /** Absolute path. */
  checkpoint: string;
}

/**
 * The newest whole checkpoint of an output directory, or of checkpoint.destination where that has a newer one; from there
 * it is copied into the directory.
 *
 * @param warn is told what is damaged, and what is used instead
 * @param further stores that may have newer ones
 * @throws MLIP_E_CHECKPOINT_MISSING, MLIP_E_CHECKPOINT_CORRUPT, and MLIP_E_CHECKPOINT_MISMATCH before anything is
 * loaded where the configuration describes another model.
 */
export async function findResume(
  out: string,
  config: Config,
  warn: (message: string) => void,
  further: readonly CheckpointStore[] = [],
): Promise<ResumePoint> {
  const destination = await openDestination(config.checkpoint.destination);
  const elsewhere = destination === undefined ? further : [destination, ...further];
  const found = await newestWhole(out, { elsewhere, warn });
  if (found === undefined) throw missing(resolve(out));
  const { step, path: checkpoint } = found;
  const trained = await trainedConfig(checkpoint);
  if (trained !== undefined && architectureHash(trained) !== architectureHash(config)) {
    throw new MlipError('MLIP_E_CHECKPOINT_MISMATCH', 'the checkpoint is of another architecture', {
      where: `${checkpoint} (recipe ${trained.name}), configuration (recipe ${config.name})`,
      remedy: `Continue with \`mlip train --resume --out ${out}\`, which takes its own config.yaml.`,
    });
  }
  return { step, checkpoint };
}

/** Undefined where this version does not understand it: whether its tensors fit is found out when they are loaded. */
async function trainedConfig(checkpoint: string): Promise<Config | undefined> {
  try {
    return parseStoredConfig(await readFile(join(checkpoint, 'config.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** How many workers the run in an output directory had at its newest checkpoint; undefined where none tells. */
export async function worldOf(out: string): Promise<number | undefined> {
  for (const { path } of await listCheckpoints(out)) {
    const state = await readState(path).catch(() => undefined);
    if (state !== undefined) return state.world;
  }
  return undefined;
}
