/** From which checkpoint a run goes on, and whether the configuration fits it. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { latestCheckpoint, readState, resolveCheckpoint } from '../../checkpoint/checkpoint.js';
import { architectureHash } from '../../config/architecture.js';
import { configSchema, type Config } from '../../config/schema.js';
import { MlipError } from '../../core/errors.js';

export interface ResumePoint {
  /** Applied steps. */
  step: number;
  /** Absolute path. */
  checkpoint: string;
}

/**
 * The newest checkpoint of an output directory.
 *
 * @throws MLIP_E_CHECKPOINT_MISSING, MLIP_E_CHECKPOINT_CORRUPT, and MLIP_E_CHECKPOINT_MISMATCH before anything is
 * loaded where the configuration describes another model.
 */
export async function findResume(out: string, config: Config): Promise<ResumePoint> {
  const checkpoint = resolve(await resolveCheckpoint(out));
  const { step } = await readState(checkpoint);
  const trained = configSchema.safeParse(JSON.parse(await readFile(join(checkpoint, 'config.json'), 'utf8')));
  if (trained.success && architectureHash(trained.data) !== architectureHash(config)) {
    throw new MlipError('MLIP_E_CHECKPOINT_MISMATCH', 'the checkpoint is of another architecture', {
      where: `${checkpoint} (recipe ${trained.data.name}), configuration (recipe ${config.name})`,
      remedy: `Continue with \`mlip train --resume --out ${out}\`, which takes its own config.yaml.`,
    });
  }
  return { step, checkpoint };
}

/** How many workers the run in an output directory had at its newest checkpoint; undefined where there is none. */
export async function worldOf(out: string): Promise<number | undefined> {
  const checkpoint = await latestCheckpoint(out);
  return checkpoint === undefined ? undefined : (await readState(checkpoint)).world;
}
