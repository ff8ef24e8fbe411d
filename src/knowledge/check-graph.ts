/** Looks at every row of a graph: what `mlip knowledge check` prints. */
import { join } from 'node:path';
import { createFaultList, type GraphFault } from './graph-faults.js';
import { CONCEPTS_FILE, type Concept } from './graph.js';
import { scanGraph } from './read-graph.js';
import { normaliseTerm } from './term.js';

export interface GraphReport {
  path: string;
  hash: string;
  concepts: number;
  synonyms: number;
  triples: number;
  /** Concepts by type, triples by relation; most frequent first. */
  types: Record<string, number>;
  relations: Record<string, number>;
  /** The first hundred of each. */
  faults: GraphFault[];
  faultCount: number;
  /**
   * Names that two concepts share, which no linker can tell apart. No fault, since a graph of UMLS has thousands; the
   * concept named first gets the links.
   */
  warnings: GraphFault[];
  warningCount: number;
}

/** @throws MlipError MLIP_E_KNOWLEDGE_GRAPH where a file cannot be read; faulty rows are in the result */
export async function checkGraph(directory: string): Promise<GraphReport> {
  const { graph, faults, conceptLines } = await scanGraph(directory);
  const warnings = sharedNames(join(directory, CONCEPTS_FILE), graph.concepts, conceptLines);
  return {
    path: directory,
    hash: graph.hash,
    concepts: graph.concepts.length,
    synonyms: graph.concepts.reduce((sum, { synonyms }) => sum + synonyms.length, 0),
    triples: graph.triples.length,
    types: frequencies(graph.concepts.map(({ type }) => type)),
    relations: frequencies(graph.triples.map(({ relation }) => relation)),
    faults: faults.kept,
    faultCount: faults.count,
    warnings: warnings.kept,
    warningCount: warnings.count,
  };
}

function sharedNames(file: string, concepts: readonly Concept[], lines: readonly number[]) {
  const warnings = createFaultList();
  const owners = new Map<string, number>();
  concepts.forEach(({ id, name, synonyms }, index) => {
    for (const term of new Set([name, ...synonyms].map(normaliseTerm))) {
      const owner = owners.get(term);
      if (owner === undefined) owners.set(term, index);
      else {
        const problem = `"${term}" of ${id} is also a name of ${concepts[owner].id} (line ${lines[owner]})`;
        warnings.add({ file, line: lines[index], field: 'synonyms', problem });
      }
    }
  });
  return warnings;
}

function frequencies(names: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}
