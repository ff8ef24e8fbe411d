/** Reads a knowledge graph from its directory, and says all that is wrong with it. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readConcepts } from './concept-rows.js';
import { CONCEPTS_FILE, TRIPLES_FILE, type KnowledgeGraph } from './graph.js';
import { createFaultList, requireFaultless, type FaultList } from './graph-faults.js';
import { readTriples } from './triple-rows.js';

export interface ScannedGraph {
  /** What the rows without faults hold. */
  graph: KnowledgeGraph;
  faults: FaultList;
  /** Line of each concept. */
  conceptLines: number[];
}

/** @throws MlipError MLIP_E_KNOWLEDGE_GRAPH where a file is missing, of another format or has a faulty row */
export async function readGraph(directory: string): Promise<KnowledgeGraph> {
  const { graph, faults } = await scanGraph(directory);
  requireFaultless(directory, faults);
  return graph;
}

/** The same, but faulty rows are in the result. */
export async function scanGraph(directory: string): Promise<ScannedGraph> {
  const faults = createFaultList();
  const hash = createHash('sha256');
  const table = await readConcepts(join(directory, CONCEPTS_FILE), hash, faults);
  const triples = await readTriples(join(directory, TRIPLES_FILE), table, hash, faults);
  const { concepts, indexOf, lines } = table;
  return {
    graph: { path: directory, concepts, triples, indexOf, hash: hash.digest('hex') },
    faults,
    conceptLines: lines,
  };
}
