/** Embeddings as text, as many tools write them: a concept a line, its id, a tab, its numbers separated by spaces. */
import { messageOf, MlipError } from '../core/errors.js';
import type { HostTensor } from '../core/host-tensor.js';
import type { KnowledgeGraph } from './graph.js';
import { readLines } from './text-lines.js';

export interface EmbeddingText {
  /** [C, width], in the order of the graph. */
  tensor: HostTensor;
  /** Lines of other concepts, which are passed over. */
  others: number;
}

interface Row {
  values: Float32Array;
  line: number;
}

/** @throws MlipError MLIP_E_KNOWLEDGE_EMBEDDINGS: unreadable, a faulty line, or a concept of the graph without a line */
export async function readEmbeddingText(path: string, graph: KnowledgeGraph): Promise<EmbeddingText> {
  const rows = new Map<string, Row>();
  let others = 0;
  const onLine = (text: string, line: number): void => {
    if (text.trim() === '') return;
    const { id, values } = parseLine(text, `${path}:${line}`);
    if (!graph.indexOf.has(id)) others++;
    else addRow(rows, id, { values, line }, path);
  };
  try {
    await readLines(path, { onLine });
  } catch (cause) {
    throw cause instanceof MlipError ? cause : faulty('cannot be read', `${path} (${messageOf(cause)})`, cause);
  }
  return { tensor: assemble(rows, graph, path), others };
}

function parseLine(text: string, where: string): { id: string; values: Float32Array } {
  const [id, numbers, ...more] = text.split('\t');
  if (numbers === undefined || more.length > 0) throw faulty('have a line that is not an id, a tab and numbers', where);
  const values = Float32Array.from(numbers.trim().split(/\s+/), (number) => (number === '' ? NaN : Number(number)));
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw faulty(`have no finite number at place ${bad + 1}`, `${where} ${id}`);
  return { id: id.trim(), values };
}

function addRow(rows: Map<string, Row>, id: string, row: Row, path: string): void {
  const earlier = rows.get(id);
  if (earlier !== undefined) throw faulty(`give ${id} twice`, `${path}:${row.line} and :${earlier.line}`);
  const [first] = rows.values();
  if (first !== undefined && first.values.length !== row.values.length) {
    const problem = `have ${row.values.length} numbers in a line and ${first.values.length} in another`;
    throw faulty(problem, `${path}:${row.line} and :${first.line}`);
  }
  rows.set(id, row);
}

function assemble(rows: Map<string, Row>, graph: KnowledgeGraph, path: string): HostTensor {
  const missing = graph.concepts.filter(({ id }) => !rows.has(id)).map(({ id }) => id);
  if (missing.length > 0) {
    const shown = missing.slice(0, 5).join(', ');
    throw faulty(`lack ${missing.length} of ${graph.concepts.length} concepts (${shown})`, path);
  }
  const width = rows.get(graph.concepts[0].id)!.values.length;
  const data = new Float32Array(graph.concepts.length * width);
  graph.concepts.forEach(({ id }, index) => data.set(rows.get(id)!.values, index * width));
  return { shape: [graph.concepts.length, width], data };
}

function faulty(problem: string, where: string, cause?: unknown): MlipError {
  return new MlipError('MLIP_E_KNOWLEDGE_EMBEDDINGS', `the concept embeddings ${problem}`, {
    where,
    remedy: 'Give one line for each concept of the graph: its id, a tab, and as many numbers as in every other line.',
    cause,
  });
}
