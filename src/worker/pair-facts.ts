/**
 * What the losses know of a pair beside its image and its pieces: which pairs count as the same, and which of its words are
 * tied to which concept.
 */
import { hashKeys } from '../core/random.js';
import type { Pair } from '../data/pairs.js';

/** A word of a report that a concept of the knowledge graph was linked to. */
export interface LinkedWord {
  /** Position among the words that BERT reads. */
  word: number;
  /** Position in the graph; a negated mention is another concept (method.md, "Knowledge"). */
  concept: number;
  negated: boolean;
}

export interface PairFacts {
  /** 64 bits each, as two uint32; those of a pair without a study are 0. */
  report: readonly [number, number];
  study: readonly [number, number];
  links: readonly LinkedWord[];
}

const NO_STUDY = [0, 0] as const;

/** Facts by the pair's position, worked out when they are first asked for. */
export function factsOf(
  pairs: readonly Pair[],
  linksOf: (pair: Pair) => readonly LinkedWord[],
): (row: number) => PairFacts {
  const known: PairFacts[] = [];
  return (row) => (known[row] ??= describe(pairs[row], linksOf));
}

function describe(pair: Pair, linksOf: (pair: Pair) => readonly LinkedWord[]): PairFacts {
  const { text, study } = pair;
  return {
    report: hashKeys(0, 'report', text),
    study: study === undefined ? NO_STUDY : hashKeys(0, 'study', study),
    links: linksOf(pair),
  };
}

/** uint32 of a pair's report and study as they are gathered. */
export const IDENTITY_WIDTH = 4;

/** [n, 4]: the bits of the hashes. They are floats for the wire only; nobody calculates with them. */
export function identitiesOf(facts: readonly PairFacts[]): Float32Array {
  const bits = Uint32Array.from(facts.flatMap(({ report, study }) => [...report, ...study]));
  return new Float32Array(bits.buffer);
}

/** [n, n], 1 where two different pairs have the identical report or are of the same study. */
export function samePairs(identities: Float32Array): Float32Array {
  const bits = new Uint32Array(identities.buffer, identities.byteOffset, identities.length);
  const equal = (a: number, b: number): boolean => bits[a] === bits[b] && bits[a + 1] === bits[b + 1];
  return pairwise(identities.length / IDENTITY_WIDTH, (i, j) => {
    const [a, b] = [i * IDENTITY_WIDTH, j * IDENTITY_WIDTH];
    const hasStudy = bits[a + 2] !== 0 || bits[a + 3] !== 0;
    return equal(a, b) || (hasStudy && equal(a + 2, b + 2));
  });
}

/** [n, n], 1 where two different pairs mention the same concepts; pairs without any mention are like no other. */
export function sameConcepts(facts: readonly PairFacts[]): Float32Array {
  const sets = facts.map(({ links }) => [...new Set(links.map(conceptKey))].sort((a, b) => a - b).join());
  return pairwise(facts.length, (i, j) => sets[i] !== '' && sets[i] === sets[j]);
}

/** A number of its own for each concept, and another one for its negation. */
export function conceptKey({ concept, negated }: LinkedWord): number {
  return 2 * concept + Number(negated);
}

function pairwise(count: number, alike: (i: number, j: number) => boolean): Float32Array {
  const result = new Float32Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) if (i !== j && alike(i, j)) result[i * count + j] = 1;
  }
  return result;
}
