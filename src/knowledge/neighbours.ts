/** Which concepts are near each other in their embedding: by cosine, the same for embeddings of any length. */
import { didYouMean } from '../config/suggest.js';
import { MlipError } from '../core/errors.js';
import type { HostTensor } from '../core/host-tensor.js';
import type { KnowledgeGraph } from './graph.js';
import { normaliseTerm } from './term.js';

export interface Neighbour {
  id: string;
  name: string;
  /** -1 to 1. */
  cosine: number;
}

/**
 * The `count` concepts nearest to one, nearest first, itself left out.
 *
 * @param embeddings [C, width]
 */
export function neighboursOf(
  graph: KnowledgeGraph,
  embeddings: HostTensor,
  concept: number,
  count: number,
): Neighbour[] {
  const { data, shape } = embeddings;
  const rowOf = (index: number): Float32Array => data.subarray(index * shape[1], (index + 1) * shape[1]);
  return graph.concepts
    .map(({ id, name }, index) => ({ id, name, cosine: cosine(rowOf(concept), rowOf(index)) }))
    .filter((_, index) => index !== concept)
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, count);
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [product, aSquare, bSquare] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i] * b[i];
    aSquare += a[i] * a[i];
    bSquare += b[i] * b[i];
  }
  return product === 0 ? 0 : product / Math.sqrt(aSquare * bSquare);
}

/** Among so many names a guess at what was meant is worth its time. */
const GUESSED_AMONG = 50_000;

/**
 * Index of the concept with that id, name or synonym.
 *
 * @throws MlipError MLIP_E_KNOWLEDGE_CONCEPT
 */
export function findConcept({ concepts, indexOf, path }: KnowledgeGraph, text: string): number {
  const byId = indexOf.get(text);
  if (byId !== undefined) return byId;
  const wanted = normaliseTerm(text);
  const byName = concepts.findIndex(({ name }) => normaliseTerm(name) === wanted);
  if (byName >= 0) return byName;
  const bySynonym = concepts.findIndex(({ synonyms }) => synonyms.some((synonym) => normaliseTerm(synonym) === wanted));
  if (bySynonym >= 0) return bySynonym;
  const names = concepts.slice(0, GUESSED_AMONG).flatMap(({ id, name }) => [name, id]);
  throw new MlipError('MLIP_E_KNOWLEDGE_CONCEPT', `there is no concept ${JSON.stringify(text)}`, {
    where: path,
    remedy: `${didYouMean(text, names)}Give the id, the name or a synonym of a concept in concepts.tsv.`,
  });
}
