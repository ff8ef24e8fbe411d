/** What the variants of an ablation are trained and scored on. */
import { isAbsolute, join, relative, resolve } from 'node:path';
import { MlipError } from '../../core/errors.js';
import { readManifest } from '../../data/manifest.js';
import { splitPairs } from '../../data/pairs.js';
import { synthesizeWithProgress } from '../launch/corpus.js';
import { say } from '../terminal.js';

/** Pairs of a synthetic corpus that are held out. */
export const HELD_OUT_PAIRS = 256;
/** All seeds of an ablation are trained on one corpus. */
const CORPUS_SEED = 1;
const CORPUS = 'corpus';

/** Where the manifest of the synthetic corpus will be. */
export function corpusManifest(out: string): string {
  return resolve(out, CORPUS, 'manifest.jsonl');
}

/** @param pairs training pairs; `HELD_OUT_PAIRS` more are held out */
export async function makeCorpus(out: string, pairs: number, hard: boolean): Promise<void> {
  const all = pairs + HELD_OUT_PAIRS;
  say(`making ${all} synthetic pairs in ${join(out, CORPUS)}`);
  const corpus = { pairs: all, validPairs: HELD_OUT_PAIRS, seed: CORPUS_SEED, out: join(out, CORPUS), hard };
  const { reused } = await synthesizeWithProgress(corpus);
  if (reused) say('they are there already');
}

/** Relative to OUT where it is inside, so that OUT can be moved. */
export function portablePath(out: string, manifest: string): string {
  const path = relative(resolve(out), resolve(manifest));
  return path.startsWith('..') || isAbsolute(path) ? resolve(manifest) : path;
}

/** @throws MLIP_E_EVALUATION_NO_PAIRS where nothing is held out: scores of training pairs compare nothing */
export async function requireHeldOut(manifest: string): Promise<void> {
  const { valid, test } = splitPairs(await readManifest(manifest));
  if (valid.length + test.length > 0) return;
  throw new MlipError('MLIP_E_EVALUATION_NO_PAIRS', 'the manifest holds no pairs out, so variants cannot be compared', {
    where: manifest,
    remedy: 'Give some rows the split valid or test.',
  });
}
