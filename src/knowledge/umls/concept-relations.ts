/** MRREL.RRF: relations among the concepts that are kept. */
import { adjacencyOf, findClosingEdges } from '../cycles.js';
import { edgePacking } from '../edges.js';
import { HIERARCHICAL_RELATIONS } from '../graph.js';
import { createEdgeCollector } from './edge-collector.js';
import { columnsOf } from './rrf-format.js';
import { requireCui, type RowPlace } from './read-rrf.js';
import { relationOf } from './relation-names.js';

export interface RelationOptions {
  concepts: number;
  indexOf: (cui: number) => number | undefined;
  /** SAB of the relation; undefined takes all. */
  sources: readonly string[] | undefined;
  /** Names as in triples.tsv; undefined takes all. */
  relations: readonly string[] | undefined;
}

export interface RelationRows {
  /** Takes in a row of MRREL. */
  onRow: (cells: string[], where: RowPlace) => void;
  /** Edges between indices of concepts, in order, each once, without cycles in hierarchical relations. */
  end: () => RelationSet;
}

export interface RelationSet {
  /** Packed by edgePacking. */
  edges: Float64Array;
  /** By number of the relation. */
  names: string[];
  /** Edges that would have closed a cycle, by relation. */
  closing: Record<string, number>;
}

const COLUMN = columnsOf('MRREL.RRF', 'CUI1', 'REL', 'CUI2', 'RELA', 'SAB', 'SUPPRESS');

export function createRelationRows({ concepts, indexOf, sources, relations }: RelationOptions): RelationRows {
  const { pack } = edgePacking(concepts);
  const collector = createEdgeCollector();
  const numbers = new Map<string, number>();
  const numberOf = (name: string): number => {
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return numbers.get(name)!;
  };
  return {
    onRow(cells, where) {
      const first = indexOf(requireCui(cells[COLUMN.CUI1], 'CUI1', where));
      const second = indexOf(requireCui(cells[COLUMN.CUI2], 'CUI2', where));
      if (first === undefined || second === undefined || first === second || cells[COLUMN.SUPPRESS] !== 'N') return;
      if (sources !== undefined && !sources.includes(cells[COLUMN.SAB])) return;
      const relation = relationOf(cells[COLUMN.REL], cells[COLUMN.RELA]);
      if (relation === undefined || !(relations?.includes(relation.name) ?? true)) return;
      const number = numberOf(relation.name);
      collector.add(relation.reversed ? pack(number, first, second) : pack(number, second, first));
    },
    end: () => withoutCycles(collector.distinct(), [...numbers.keys()], concepts),
  };
}

function withoutCycles(edges: Float64Array, names: string[], concepts: number): RelationSet {
  const closing: Record<string, number> = {};
  const dropped = new Set<number>();
  for (const name of HIERARCHICAL_RELATIONS.filter((relation) => names.includes(relation))) {
    const found = closingEdges(edges, names.indexOf(name), concepts);
    if (found.length > 0) closing[name] = found.length;
    for (const edge of found) dropped.add(edge);
  }
  return { edges: edges.filter((edge) => !dropped.has(edge)), names, closing };
}

function closingEdges(edges: Float64Array, relation: number, concepts: number): number[] {
  const packing = edgePacking(concepts);
  const own = edges.filter((edge) => packing.relation(edge) === relation);
  const heads = Uint32Array.from(own, packing.head);
  const tails = Uint32Array.from(own, packing.tail);
  const found: number[] = [];
  findClosingEdges(adjacencyOf(concepts, heads, tails), (head, tail) => {
    found.push(packing.pack(relation, head, tail));
  });
  return found;
}
