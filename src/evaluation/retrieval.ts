/**
 * Retrieval scores of paired embeddings: R@k (Recall at k) in both directions, and precision@k by label as ConVIRT and
 * GLoRIA report it. Pure functions on host memory.
 *
 * Row i of the images belongs to row i of the reports, and only that row counts as found: identical reports of other
 * pairs are competitors. Equal similarities are broken at random in expectation, so a collapsed encoder scores chance.
 */
import type { HostTensor } from '../core/host-tensor.js';
import type { Split } from '../data/manifest.js';
import { requireFinite } from './finite.js';

/** Shares from 0 to 1; of fewer than k candidates all are retrieved. */
export interface RecallAt {
  r1: number;
  r5: number;
  r10: number;
}

/** Shares from 0 to 1 of the k nearest rows that are relevant. */
export interface PrecisionAt {
  p1: number;
  p5: number;
  p10: number;
}

export interface LabelPrecision {
  /** Precision of a random order. */
  chance: number;
  imageToReport: PrecisionAt;
  reportToImage: PrecisionAt;
}

export interface RetrievalScore {
  pairs: number;
  imageToReport: RecallAt;
  reportToImage: RecallAt;
}

export interface RetrievalReport extends RetrievalScore {
  /** Where the pairs come from. Scores of `train` say little: the model has seen those pairs. */
  split: Split;
  /** Where the pairs have labels. */
  precision?: LabelPrecision;
}

/**
 * @param images [n, d], rows of length 1, so that the dot product is the cosine similarity.
 * @param reports [n, d], row i belonging to image i.
 * @throws MLIP_E_EVALUATION_NOT_FINITE where an embedding is NaN or infinite.
 */
export function recallScore(images: HostTensor, reports: HostTensor): RetrievalScore {
  requireFinite(images, 'image encoder');
  requireFinite(reports, 'report encoder');
  const own = (query: number, candidate: number): boolean => query === candidate;
  const direction = (queries: HostTensor, candidates: HostTensor): RecallAt => {
    const [r1, r5, r10] = meanHits(queries, candidates, own, () => 1);
    return { r1, r5, r10 };
  };
  return {
    pairs: images.shape[0],
    imageToReport: direction(images, reports),
    reportToImage: direction(reports, images),
  };
}

/**
 * Two rows are relevant to each other when they share a label, or when both have none: no finding. A row counts for
 * itself too, as in ConVIRT.
 *
 * @param labels of each row.
 */
export function labelPrecision(
  images: HostTensor,
  reports: HostTensor,
  labels: readonly (readonly string[])[],
): LabelPrecision {
  const relevant = (a: number, b: number): boolean => sharesLabel(labels[a], labels[b]);
  const direction = (queries: HostTensor, candidates: HostTensor): PrecisionAt => {
    const [p1, p5, p10] = meanHits(queries, candidates, relevant, (k) => k);
    return { p1, p5, p10 };
  };
  return {
    chance: chanceOf(labels.length, relevant),
    imageToReport: direction(images, reports),
    reportToImage: direction(reports, images),
  };
}

type Relevance = (query: number, candidate: number) => boolean;

const CUTOFFS = [1, 5, 10] as const;

/** For each cutoff the mean over queries of the relevant rows among the k nearest, divided by `unit(k)`. */
function meanHits(
  queries: HostTensor,
  candidates: HostTensor,
  relevant: Relevance,
  unit: (k: number) => number,
): [number, number, number] {
  const count = queries.shape[0];
  const sums: [number, number, number] = [0, 0, 0];
  for (let query = 0; query < count; query++) {
    const scores = similarities(queries, query, candidates);
    const sorted = scores.slice().sort().reverse();
    CUTOFFS.forEach((cutoff, at) => {
      const k = Math.min(cutoff, count);
      sums[at] += expectedHits(scores, sorted[k - 1], k, (candidate) => relevant(query, candidate)) / unit(k);
    });
  }
  return [sums[0] / count, sums[1] / count, sums[2] / count];
}

/** Relevant rows among the k best; rows that tie at the k-th score share the places that are left. */
function expectedHits(
  scores: Float64Array,
  lowest: number,
  k: number,
  relevant: (candidate: number) => boolean,
): number {
  const above = { all: 0, relevant: 0 };
  const tied = { all: 0, relevant: 0 };
  scores.forEach((score, candidate) => {
    if (score < lowest) return;
    const group = score > lowest ? above : tied;
    group.all++;
    if (relevant(candidate)) group.relevant++;
  });
  return above.relevant + ((k - above.all) * tied.relevant) / tied.all;
}

/** [n] dot products of one row with all candidates. */
function similarities(queries: HostTensor, query: number, candidates: HostTensor): Float64Array {
  const [count, width] = candidates.shape;
  const scores = new Float64Array(count);
  const start = query * width;
  for (let row = 0; row < count; row++) {
    let sum = 0;
    for (let i = 0; i < width; i++) sum += queries.data[start + i] * candidates.data[row * width + i];
    scores[row] = sum;
  }
  return scores;
}

function sharesLabel(a: readonly string[], b: readonly string[]): boolean {
  return (a.length === 0 && b.length === 0) || a.some((label) => b.includes(label));
}

function chanceOf(count: number, relevant: Relevance): number {
  let sum = 0;
  for (let a = 0; a < count; a++) for (let b = 0; b < count; b++) if (relevant(a, b)) sum++;
  return sum / (count * count);
}
