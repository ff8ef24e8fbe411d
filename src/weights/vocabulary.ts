/** The vocabulary that a run would use must be the one that a text encoder's weights were trained with. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/schema.js';
import { MlipError } from '../core/errors.js';
import { readVocabulary } from '../data/vocabulary.js';
import type { WeightSource } from './source.js';

const FILE = 'vocab.txt';

/**
 * Pieces of data.vocabulary; undefined where there are no weights of reports.
 *
 * @throws MLIP_E_WEIGHTS_VOCABULARY where a run would build its own, or the one beside the weights is another
 */
export async function modelVocabulary({ data }: Config, text: WeightSource | undefined): Promise<string[] | undefined> {
  if (text === undefined) return undefined;
  const beside = join(text.folder, FILE);
  if (data.vocabulary === '') throw ownVocabulary(text.path, existsSync(beside) ? beside : undefined);
  const pieces = await readVocabulary(data.vocabulary);
  if (existsSync(beside)) requireSame(pieces, await readVocabulary(beside), data.vocabulary, beside);
  return pieces;
}

function ownVocabulary(where: string, beside: string | undefined): MlipError {
  const message = 'data.vocabulary is empty: a run would build pieces of its own, which these weights do not know';
  const remedy = `Add --set data.vocabulary=${beside ?? 'FILE with the vocab.txt that came with the weights'}, here and in the run.`;
  return new MlipError('MLIP_E_WEIGHTS_VOCABULARY', message, { where, remedy });
}

function requireSame(pieces: readonly string[], theirs: readonly string[], path: string, beside: string): void {
  const length = Math.max(pieces.length, theirs.length);
  const line = Array.from({ length }).findIndex((_, id) => pieces[id] !== theirs[id]);
  if (line < 0) return;
  throw new MlipError(
    'MLIP_E_WEIGHTS_VOCABULARY',
    `data.vocabulary is not the vocabulary of the weights: line ${line + 1} differs`,
    {
      where: `${path}, ${beside}`,
      remedy: `Set data.vocabulary to ${beside}.`,
    },
  );
}
