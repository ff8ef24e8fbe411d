/**
 * A knowledge graph: concepts with names and synonyms, and triples head-relation-tail between them. A directory holds it
 * as `concepts.tsv` (id, type, name, synonyms separated by `|`) and `triples.tsv` (head, relation, tail), each with
 * these names as its first line; lines that begin with `#` are comments.
 */

export interface Concept {
  id: string;
  name: string;
  /** Kind of thing, e.g. finding or anatomy; a UMLS semantic type where the graph comes from there. */
  type: string;
  /** Other names, the name itself not among them. */
  synonyms: string[];
}

/** `head` and `tail` are ids of concepts. */
export interface Triple {
  head: string;
  relation: string;
  tail: string;
}

export interface KnowledgeGraph {
  /** The directory. */
  path: string;
  /** In the order of the file: the row of a concept embedding is the index in here. */
  concepts: Concept[];
  triples: Triple[];
  /** Id -> index in `concepts`. */
  indexOf: ReadonlyMap<string, number>;
  /** SHA-256 of the contents of concepts.tsv, then triples.tsv; hexadecimal. */
  hash: string;
}

export const CONCEPTS_FILE = 'concepts.tsv';
export const TRIPLES_FILE = 'triples.tsv';
export const CONCEPT_FIELDS = ['id', 'type', 'name', 'synonyms'] as const;
export const TRIPLE_FIELDS = ['head', 'relation', 'tail'] as const;

/** Relations that order concepts, so that going up never leads back: a cycle in one of them is a fault. */
export const HIERARCHICAL_RELATIONS: readonly string[] = ['is_a', 'part_of'];
