/** Builds the vocabulary of a manifest: what `mlip data vocab` does. */
import { readManifest } from './manifest.js';
import { splitPairs } from './pairs.js';
import { buildVocabulary } from './vocabulary-trainer.js';

export interface ManifestVocabulary {
  /** By id. */
  pieces: string[];
  /** Reports that it was built from: the training reports. */
  reports: number;
}

/**
 * @param size pieces wanted; fewer come back from a small corpus
 * @throws MlipError MLIP_E_DATA_VOCABULARY, and what readManifest throws
 */
export async function buildManifestVocabulary(path: string, size: number): Promise<ManifestVocabulary> {
  const { train } = splitPairs(await readManifest(path));
  const texts = train.map(({ text }) => text);
  return { pieces: buildVocabulary(texts, size), reports: texts.length };
}
