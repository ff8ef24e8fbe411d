/** Initial weights of a run: a safetensors file with some of the model's parameters, as `mlip weights import` writes it. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { MlipError } from '../core/errors.js';
import type { HostTensors } from '../core/host-tensor.js';
import { refusePickle } from '../safetensors/pickle.js';
import { readSafetensors, readSafetensorsHeader } from '../safetensors/safetensors.js';
import { requireFiniteWeights } from './finite-weights.js';

/** Key of the file's metadata under which it says which vocabulary its word embeddings are for. */
export const VOCABULARY_MARK = 'mlip.vocabulary.sha256';

export function vocabularyMark(pieces: readonly string[]): string {
  return createHash('sha256').update(pieces.join('\n')).digest('hex');
}

export interface InitialModel {
  layout: readonly { name: string; shape: readonly number[] }[];
  /** Pieces by id. */
  vocabulary: readonly string[];
}

/**
 * The tensors of the file, each one a parameter of the model.
 *
 * @throws MLIP_E_WEIGHTS_MISSING, MLIP_E_WEIGHTS_PICKLE, MLIP_E_WEIGHTS_NAMES, MLIP_E_WEIGHTS_ARCHITECTURE,
 * MLIP_E_WEIGHTS_VOCABULARY, MLIP_E_WEIGHTS_NOT_FINITE, MLIP_E_TENSORS_FORMAT
 */
export async function readInitialWeights(path: string, { layout, vocabulary }: InitialModel): Promise<HostTensors> {
  if (!existsSync(path)) throw missing(path);
  await refusePickle(path);
  const { entries, metadata } = await readSafetensorsHeader(path);
  const shapes = new Map(layout.map(({ name, shape }) => [name, shape.join(' x ')]));
  requireNames(
    entries.map(({ name }) => name).filter((name) => !shapes.has(name)),
    path,
  );
  requireVocabulary(metadata[VOCABULARY_MARK], vocabulary, path);
  for (const { name, shape } of entries) requireShape(name, shape.join(' x '), shapes.get(name)!, path);
  const tensors = await readSafetensors(path);
  requireFiniteWeights(tensors, path);
  return tensors;
}

function missing(where: string): MlipError {
  return new MlipError('MLIP_E_WEIGHTS_MISSING', 'there is no file of initial weights', {
    where,
    remedy: 'Check initialWeights; on several machines rank 0 reads it, by a path relative to its working directory.',
  });
}

function requireNames(unknown: string[], where: string): void {
  if (unknown.length === 0) return;
  const message = `${unknown.length} names that the model does not have: ${unknown.join(', ')}`;
  const remedy = 'Convert weights from elsewhere with `mlip weights import` first, with the configuration of the run.';
  throw new MlipError('MLIP_E_WEIGHTS_NAMES', message, { where, remedy });
}

function requireVocabulary(mark: string | undefined, vocabulary: readonly string[], where: string): void {
  if (mark === undefined || mark === vocabularyMark(vocabulary)) return;
  throw new MlipError('MLIP_E_WEIGHTS_VOCABULARY', 'the run has another vocabulary than the one the weights are for', {
    where,
    remedy: 'Set data.vocabulary as it was set for `mlip weights import`.',
  });
}

function requireShape(name: string, found: string, wanted: string, where: string): void {
  if (found === wanted) return;
  throw new MlipError(
    'MLIP_E_WEIGHTS_ARCHITECTURE',
    `weights of another architecture: ${name} is ${found}, not ${wanted}`,
    {
      where,
      remedy: 'Run `mlip weights import` again with the configuration of the run.',
    },
  );
}
