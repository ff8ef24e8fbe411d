/** concepts.tsv: one concept a row. */
import type { Hash } from 'node:crypto';
import { CONCEPT_FIELDS, type Concept } from './graph.js';
import type { FaultList } from './graph-faults.js';
import { readTable } from './table-file.js';

export interface ConceptTable {
  concepts: Concept[];
  indexOf: Map<string, number>;
  /** Line of each concept. */
  lines: number[];
}

export async function readConcepts(path: string, hash: Hash, faults: FaultList): Promise<ConceptTable> {
  const table: ConceptTable = { concepts: [], indexOf: new Map(), lines: [] };
  const onRow = (cells: string[], line: number): void => {
    const fault = faultOf(cells, table);
    if (fault !== undefined) faults.add({ file: path, line, ...fault });
    else addConcept(table, cells, line);
  };
  await readTable(path, { fields: CONCEPT_FIELDS, faults, hash, onRow });
  if (table.concepts.length === 0 && faults.count === 0) faults.add({ file: path, problem: 'holds no concepts' });
  return table;
}

function faultOf([id, type, name, synonyms]: string[], table: ConceptTable) {
  if (id === '') return { field: 'id', problem: 'is empty' };
  if (type === '') return { field: 'type', problem: 'is empty' };
  if (name === '') return { field: 'name', problem: 'is empty' };
  if (synonyms !== '' && synonyms.split('|').some((synonym) => synonym.trim() === '')) {
    return { field: 'synonyms', problem: 'has an empty synonym between two |' };
  }
  const earlier = table.indexOf.get(id);
  if (earlier === undefined) return undefined;
  return { field: 'id', problem: `${id} is already that of line ${table.lines[earlier]}` };
}

function addConcept(table: ConceptTable, [id, type, name, synonyms]: string[], line: number): void {
  const others = synonyms === '' ? [] : synonyms.split('|').map((synonym) => synonym.trim());
  table.indexOf.set(id, table.concepts.length);
  table.concepts.push({ id, type, name, synonyms: others.filter((synonym) => synonym !== name) });
  table.lines.push(line);
}
