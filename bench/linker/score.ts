/** Precision, recall and F1 of sets of names against reference sets. */
import { MlipError } from '../../src/core/errors.js';

export interface Counts {
  /** In both sets, only in ours, only in the reference. */
  both: number;
  onlyOurs: number;
  onlyTheirs: number;
}

export interface Score extends Counts {
  precision: number;
  recall: number;
  f1: number;
}

export interface CategoryScore extends Score {
  name: string;
  /** Reports, so that a reader can look: found but not in the reference, and the other way round. */
  extra: number[];
  missed: number[];
}

export interface Judged {
  id: number;
  ours: ReadonlySet<string>;
  theirs: ReadonlySet<string>;
}

export function scoreCategory(name: string, reports: readonly Judged[]): CategoryScore {
  const ids = (wanted: (report: Judged) => boolean): number[] => reports.filter(wanted).map(({ id }) => id);
  const extra = ids(({ ours, theirs }) => ours.has(name) && !theirs.has(name));
  const missed = ids(({ ours, theirs }) => !ours.has(name) && theirs.has(name));
  const both = ids(({ ours, theirs }) => ours.has(name) && theirs.has(name)).length;
  return { name, ...scored({ both, onlyOurs: extra.length, onlyTheirs: missed.length }), extra, missed };
}

/** Over all decisions, so that frequent categories weigh more. */
export function microScore(scores: readonly Counts[]): Score {
  const sum = (key: keyof Counts): number => scores.reduce((total, score) => total + score[key], 0);
  const counts = { both: sum('both'), onlyOurs: sum('onlyOurs'), onlyTheirs: sum('onlyTheirs') };
  if (counts.both + counts.onlyTheirs > 0) return scored(counts);
  throw new MlipError('MLIP_E_BENCH_FAILED', 'no report has a term that the table knows', {
    where: 'bench/linker/mesh.json',
    remedy: 'Check that the archive holds the reports with their MeSH terms.',
  });
}

function scored(counts: Counts): Score {
  const { both, onlyOurs, onlyTheirs } = counts;
  const share = (of: number): number => (of === 0 ? 0 : both / of);
  return {
    ...counts,
    precision: share(both + onlyOurs),
    recall: share(both + onlyTheirs),
    f1: share(both + (onlyOurs + onlyTheirs) / 2),
  };
}
