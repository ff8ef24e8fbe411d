/** triples.tsv: one relation between two concepts a row. */
import type { Hash } from 'node:crypto';
import { didYouMean } from '../config/suggest.js';
import type { ConceptTable } from './concept-rows.js';
import { adjacencyOf, findClosingEdges } from './cycles.js';
import { edgePacking, repeatedEdges } from './edges.js';
import { HIERARCHICAL_RELATIONS, TRIPLE_FIELDS, type Triple } from './graph.js';
import type { FaultList } from './graph-faults.js';
import { readTable } from './table-file.js';

/** Among so many ids a guess at what was meant is worth its time. */
const GUESSED_AMONG = 10_000;

interface TripleTable {
  path: string;
  triples: Triple[];
  /** Line of each triple. */
  lines: number[];
}

export async function readTriples(path: string, table: ConceptTable, hash: Hash, faults: FaultList): Promise<Triple[]> {
  const found: TripleTable = { path, triples: [], lines: [] };
  const onRow = ([head, relation, tail]: string[], line: number): void => {
    const fault = faultOf({ head, relation, tail }, table);
    if (fault !== undefined) return faults.add({ file: path, line, ...fault });
    found.triples.push({ head: ownId(table, head), relation, tail: ownId(table, tail) });
    found.lines.push(line);
  };
  await readTable(path, { fields: TRIPLE_FIELDS, faults, hash, onRow });
  const relations = [...new Set(found.triples.map(({ relation }) => relation))];
  addRepeated(found, relations, table, faults);
  for (const relation of relations.filter((name) => HIERARCHICAL_RELATIONS.includes(name))) {
    addCycles(found, relation, table, faults);
  }
  return found.triples;
}

/** The concept's own text, so that a million triples do not keep a million copies. */
function ownId({ concepts, indexOf }: ConceptTable, id: string): string {
  return concepts[indexOf.get(id)!].id;
}

function faultOf({ head, relation, tail }: Triple, { indexOf }: ConceptTable) {
  if (relation === '') return { field: 'relation', problem: 'is empty' };
  for (const [field, id] of [
    ['head', head],
    ['tail', tail],
  ]) {
    if (!indexOf.has(id)) return { field, problem: `${id} is no id of concepts.tsv. ${guess(id, indexOf)}`.trim() };
  }
  return head === tail ? { field: 'tail', problem: `${tail} is its own head` } : undefined;
}

function guess(id: string, indexOf: ReadonlyMap<string, number>): string {
  return indexOf.size > GUESSED_AMONG ? '' : didYouMean(id, [...indexOf.keys()]);
}

function addRepeated(
  { path, triples, lines }: TripleTable,
  relations: readonly string[],
  { indexOf }: ConceptTable,
  faults: FaultList,
): void {
  const numberOf = new Map(relations.map((relation, index) => [relation, index]));
  const { pack } = edgePacking(indexOf.size);
  const edges = Float64Array.from(triples, ({ head, relation, tail }) =>
    pack(numberOf.get(relation)!, indexOf.get(head)!, indexOf.get(tail)!),
  );
  const repeated = repeatedEdges(edges);
  const firstLine = new Map<number, number>();
  if (repeated.size === 0) return;
  edges.forEach((edge, index) => {
    if (!repeated.has(edge)) return;
    const first = firstLine.get(edge);
    if (first === undefined) firstLine.set(edge, lines[index]);
    else faults.add({ file: path, line: lines[index], problem: `repeats the triple of line ${first}` });
  });
}

function addCycles(
  { path, triples, lines }: TripleTable,
  relation: string,
  { concepts, indexOf }: ConceptTable,
  faults: FaultList,
): void {
  const own = triples.filter((triple) => triple.relation === relation);
  const indices = (end: 'head' | 'tail') => Uint32Array.from(own, (triple) => indexOf.get(triple[end])!);
  findClosingEdges(adjacencyOf(concepts.length, indices('head'), indices('tail')), (headIndex, tailIndex, pathBack) => {
    const [head, tail] = [concepts[headIndex].id, concepts[tailIndex].id];
    const ids = [...pathBack().map((index) => concepts[index].id), tail];
    const closing = triples.findIndex((t) => t.head === head && t.relation === relation && t.tail === tail);
    faults.add({ file: path, line: lines[closing], problem: `closes a cycle of ${relation}: ${ids.join(' -> ')}` });
  });
}
