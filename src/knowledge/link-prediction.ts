/** Whether embeddings know the graph: the rank of the true concept among all that could stand in its place. */
import { distance, type TransEModel } from './transe.js';
import type { TripleIndices } from './triple-indices.js';

export interface LinkPrediction {
  /** Triples that were asked for. */
  triples: number;
  /** Mean over heads and tails; 1 is best. */
  meanRank: number;
  /** Mean of 1 / rank. */
  meanReciprocalRank: number;
  /** Share of ranks up to 10. */
  hitsAt10: number;
}

/**
 * Filtered ranks (Bordes et al. 2013, section 4): other true answers do not count as wrong. Equal distances count half.
 *
 * @param asked indices of triples
 */
export function predictLinks(model: TransEModel, indices: TripleIndices, asked: Uint32Array): LinkPrediction {
  const ranks = [...asked].flatMap((triple) => {
    const [head, relation, tail] = [indices.heads[triple], indices.relationOf[triple], indices.tails[triple]];
    const ofHead = rank(indices.concepts, head, {
      distance: (candidate) => distance(model, candidate, relation, tail),
      isTrue: (candidate) => candidate === tail || indices.isTrue(candidate, relation, tail),
    });
    const ofTail = rank(indices.concepts, tail, {
      distance: (candidate) => distance(model, head, relation, candidate),
      isTrue: (candidate) => candidate === head || indices.isTrue(head, relation, candidate),
    });
    return [ofHead, ofTail];
  });
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    triples: asked.length,
    meanRank: mean(ranks),
    meanReciprocalRank: mean(ranks.map((value) => 1 / value)),
    hitsAt10: mean(ranks.map((value) => Number(value <= 10))),
  };
}

interface Question {
  distance: (candidate: number) => number;
  /** Whether a candidate is left out: it would be a true answer too, or no possible one. */
  isTrue: (candidate: number) => boolean;
}

function rank(concepts: number, answer: number, { distance, isTrue }: Question): number {
  const own = distance(answer);
  let better = 0;
  let equal = 0;
  for (let candidate = 0; candidate < concepts; candidate++) {
    if (candidate === answer || isTrue(candidate)) continue;
    const other = distance(candidate);
    if (other < own) better++;
    else if (other === own) equal++;
  }
  return 1 + better + equal / 2;
}
