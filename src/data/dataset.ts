/** Everything that a process needs to know of the data before the first step. The same on every worker. */
import { createHash } from 'node:crypto';
import type { Config } from '../config/schema.js';
import type { Logger } from '../core/log.js';
import { readManifest, type Manifest } from './manifest.js';
import { splitPairs, type PairSets } from './pairs.js';
import { createTokenizer, type ReportTokenizer } from './tokenizer.js';
import { describeFault, faultyLines, requireUsable } from './usable.js';
import { buildVocabulary } from './vocabulary-trainer.js';
import { readVocabulary } from './vocabulary.js';

export interface Dataset extends PairSets {
  manifest: Manifest;
  /** Pieces by id. */
  vocabulary: string[];
  tokenizer: ReportTokenizer;
  /** Of the manifest's content and the vocabulary: workers whose hashes differ must not train together. */
  hash: string;
}

export type DatasetConfig = Pick<Config, 'data'>;

/**
 * Reads the manifest, cleans its reports, and reads or builds the vocabulary.
 *
 * @param known pieces to use instead of data.vocabulary: those of a checkpoint
 * @throws MlipError of code MLIP_E_DATA_*; a few faulty rows are logged and left out
 */
export async function loadDataset({ data }: DatasetConfig, log: Logger, known?: string[]): Promise<Dataset> {
  const manifest = await readManifest(data.manifest);
  requireUsable(manifest, data.maxBadShare);
  const sets = splitPairs(manifest);
  logLeftOut(manifest, sets, log);
  const vocabulary = known ?? (await vocabularyOf(sets, data.vocabulary, data.vocabularySize));
  const tokenizer = createTokenizer(vocabulary, data.maxPieces);
  const hash = createHash('sha256').update(manifest.hash).update(vocabulary.join('\n')).digest('hex');
  return { ...sets, manifest, vocabulary, tokenizer, hash };
}

async function vocabularyOf(sets: PairSets, path: string, size: number): Promise<string[]> {
  if (path !== '') return readVocabulary(path);
  return buildVocabulary(
    sets.train.map((pair) => pair.text),
    size,
  );
}

function logLeftOut(manifest: Manifest, { dropped }: PairSets, log: Logger): void {
  if (manifest.faults.length > 0) {
    const rows = faultyLines(manifest.faults);
    log.warn('left out faulty rows', { rows, first: describeFault(manifest.path, manifest.faults[0]) });
  }
  if (dropped.length > 0) {
    log.info('left out reports of under three words', {
      rows: dropped.length,
      first: `${manifest.path}:${dropped[0].line}`,
    });
  }
}
