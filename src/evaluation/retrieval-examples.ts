/**
 * What retrieval looks like: for a few pairs, the nearest reports of an image and the nearest images of a report. Each evaluation of the
 * same pairs shows the same queries, so that they can be compared from checkpoint to checkpoint. Pure functions on host memory.
 */
import type { HostTensor } from '../core/host-tensor.js';

export interface FoundRow {
  /** Position among the pairs. */
  pair: number;
  /** Cosine. */
  similarity: number;
}

export interface RetrievalExample {
  direction: 'imageToReport' | 'reportToImage';
  /** Position of the query among the pairs; its other half is what should be found. */
  pair: number;
  /** Place of the other half among all, from 1; half of those that tie with it are before it. */
  rank: number;
  /** The nearest first. */
  found: FoundRow[];
}

/** Of each direction. */
const QUERIES = 6;
const SHOWN = 4;

/**
 * @param images [n, d], rows of length 1
 * @param reports [n, d], row i belonging to image i
 */
export function retrievalExamples(images: HostTensor, reports: HostTensor): RetrievalExample[] {
  const queries = spread(images.shape[0], QUERIES);
  return [
    ...queries.map((pair) => exampleOf('imageToReport', images, reports, pair)),
    ...queries.map((pair) => exampleOf('reportToImage', reports, images, pair)),
  ];
}

/** So many positions, evenly from the first on. */
function spread(count: number, wanted: number): number[] {
  const size = Math.min(count, wanted);
  return Array.from({ length: size }, (_, index) => Math.floor((index * count) / size));
}

function exampleOf(
  direction: RetrievalExample['direction'],
  queries: HostTensor,
  candidates: HostTensor,
  pair: number,
): RetrievalExample {
  const similarities = Array.from({ length: candidates.shape[0] }, (_, row) => dot(queries, pair, candidates, row));
  const own = similarities[pair];
  const before = similarities.filter((similarity) => similarity > own).length;
  const tied = similarities.filter((similarity) => similarity === own).length - 1;
  const found = similarities
    .map((similarity, row) => ({ pair: row, similarity }))
    .sort((a, b) => b.similarity - a.similarity || a.pair - b.pair)
    .slice(0, SHOWN);
  return { direction, pair, rank: 1 + before + Math.floor(tied / 2), found };
}

function dot(a: HostTensor, row: number, b: HostTensor, other: number): number {
  const width = a.shape[1];
  let sum = 0;
  for (let i = 0; i < width; i++) sum += a.data[row * width + i] * b.data[other * width + i];
  return sum;
}
