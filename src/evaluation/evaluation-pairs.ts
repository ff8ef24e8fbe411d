/** Which pairs of a manifest are scored. */
import { MlipError } from '../core/errors.js';
import { readManifest, type Split } from '../data/manifest.js';
import { evaluationPairs, splitPairs, type EvaluationPairs, type Pair } from '../data/pairs.js';

export interface PairChoice {
  /** Manifest of the pairs to score. */
  manifest: string;
  /** Pairs at most. */
  count: number;
  /** `valid` where the manifest has such rows, else `test`, else `train`. */
  split?: Split | undefined;
}

/** @throws MLIP_E_DATA_* for the manifest, MLIP_E_EVALUATION_NO_PAIRS where there is nothing to score */
export async function choosePairs({ manifest, count, split }: PairChoice): Promise<EvaluationPairs> {
  const sets = splitPairs(await readManifest(manifest));
  const chosen =
    split === undefined ? evaluationPairs(sets, count) : { pairs: sets[split].slice(0, count), source: split };
  requirePairs(chosen.pairs, manifest, split);
  return chosen;
}

/** @throws MLIP_E_EVALUATION_NO_PAIRS */
export function requirePairs(pairs: readonly Pair[], manifest: string, split?: Split): void {
  if (pairs.length > 0) return;
  const which = split === undefined ? 'usable pairs' : `usable pairs of the split ${split}`;
  throw new MlipError('MLIP_E_EVALUATION_NO_PAIRS', `the manifest has no ${which} to score`, {
    where: manifest,
    remedy: `\`mlip data check ${manifest}\` says what it holds.`,
  });
}
