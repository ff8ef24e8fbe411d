/** Turns manifest rows into the pairs of each split: cleans reports and leaves out those that say nothing. */
import type { Manifest, ManifestRow, Split } from './manifest.js';
import { cleanReport } from './report.js';

/** A manifest row with its report as the text encoder reads it. */
export interface Pair extends ManifestRow {
  /** The cleaned report; never empty. */
  text: string;
}

export interface PairSets extends Record<Split, Pair[]> {
  /** Rows whose report has fewer than three tokens once cleaned. */
  dropped: ManifestRow[];
}

/** In file order. Rows without a split are training rows. */
export function splitPairs(manifest: Manifest): PairSets {
  const sets: PairSets = { train: [], valid: [], test: [], dropped: [] };
  for (const row of manifest.rows) {
    const text = cleanReport(row.report);
    if (text === '') sets.dropped.push(row);
    else sets[row.split ?? 'train'].push({ ...row, text });
  }
  return sets;
}

export interface EvaluationPairs {
  pairs: Pair[];
  /** Where they come from: held-out rows if the manifest has any, else `train`, which says little about new patients. */
  source: Split;
}

/** The first `count` valid pairs; where there are none, test pairs; where there are none, training pairs. */
export function evaluationPairs(sets: PairSets, count: number): EvaluationPairs {
  const source = (['valid', 'test'] as const).find((split) => sets[split].length > 0) ?? 'train';
  return { pairs: sets[source].slice(0, count), source };
}

/** How messages name a row. */
export function placeOf(manifestPath: string, { line, imageName }: ManifestRow): string {
  return `${manifestPath}:${line} ${imageName}`;
}
