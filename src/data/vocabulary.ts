/** Vocabulary files: BERT's vocab.txt, a piece a line, its id being the number of the line from 0. */
import { readFile, writeFile } from 'node:fs/promises';
import { messageOf, MlipError } from '../core/errors.js';
import { SPECIAL_PIECES } from './vocabulary-trainer.js';

/** @throws MlipError MLIP_E_DATA_VOCABULARY: no file, no special pieces, or a piece twice */
export async function readVocabulary(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new MlipError('MLIP_E_DATA_VOCABULARY', 'the vocabulary cannot be read', {
      where: `${path} (${messageOf(error)})`,
      remedy: 'Give a vocab.txt in data.vocabulary, build one with mlip data vocab, or leave data.vocabulary empty.',
      cause: error,
    });
  });
  const pieces = text.replace(/\r?\n$/, '').split(/\r?\n/);
  checkVocabulary(pieces, path);
  return pieces;
}

export async function writeVocabulary(path: string, pieces: readonly string[]): Promise<void> {
  await writeFile(path, pieces.join('\n') + '\n');
}

function checkVocabulary(pieces: readonly string[], path: string): void {
  const lines = new Map<string, number>();
  for (const [id, piece] of pieces.entries()) {
    const first = lines.get(piece);
    if (first !== undefined)
      throw invalid(`lists ${JSON.stringify(piece)} twice`, `${path}:${id + 1} and :${first + 1}`);
    lines.set(piece, id);
  }
  const absent = SPECIAL_PIECES.filter((piece) => !lines.has(piece));
  if (absent.length > 0) throw invalid(`lacks ${absent.join(', ')}`, path);
}

function invalid(problem: string, where: string): MlipError {
  return new MlipError('MLIP_E_DATA_VOCABULARY', `the vocabulary ${problem}`, {
    where,
    remedy: 'Give the vocab.txt of a BERT model (one piece a line), or build one with mlip data vocab.',
  });
}
