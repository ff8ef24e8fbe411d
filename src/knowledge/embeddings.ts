/**
 * Files of concept embeddings: safetensors with `concepts` [C, width] in the order of a graph and, where they were trained,
 * `relations` [R, width]. Metadata: `graph`, the hash of the graph; `ids` and `relations`, JSON lists of names by row.
 */
import { replaceDurably } from '../core/durable-file.js';
import { messageOf, MlipError } from '../core/errors.js';
import { parseJson } from '../core/json.js';
import type { HostTensor, HostTensors } from '../core/host-tensor.js';
import { readSafetensors, readSafetensorsHeader, writeSafetensors } from '../safetensors/safetensors.js';
import type { KnowledgeGraph } from './graph.js';

const CONCEPTS = 'concepts';
const RELATIONS = 'relations';
const SHOWN = 5;

export interface NewEmbeddings {
  /** [C, width], in the order of the graph. */
  concepts: HostTensor;
  /** With their tensor, [R, width]. */
  relations?: { names: string[]; tensor: HostTensor };
  /** How they came about, e.g. seed and epochs. */
  origin: Record<string, string>;
}

/** Writes the file in whole or not at all; one that is there is replaced. */
export async function writeConceptEmbeddings(
  path: string,
  graph: KnowledgeGraph,
  { concepts, relations, origin }: NewEmbeddings,
): Promise<void> {
  const tensors: HostTensors = new Map([[CONCEPTS, concepts]]);
  if (relations !== undefined) tensors.set(RELATIONS, relations.tensor);
  const metadata = {
    graph: graph.hash,
    ids: JSON.stringify(graph.concepts.map(({ id }) => id)),
    ...(relations === undefined ? {} : { relations: JSON.stringify(relations.names) }),
    ...origin,
  };
  try {
    await replaceDurably(path, (draft) => writeSafetensors(draft, tensors, metadata));
  } catch (cause) {
    throw new MlipError('MLIP_E_KNOWLEDGE_OUT', 'the embeddings cannot be written', {
      where: `${path} (${messageOf(cause)})`,
      remedy: 'Check that the directory exists, can be written and has room.',
      cause,
    });
  }
}

/**
 * Embeddings of a graph's concepts, [C, width], in its order. A file of another graph serves if it names all of its
 * concepts.
 *
 * @param width what the caller can use; any if left out
 * @throws MlipError MLIP_E_KNOWLEDGE_EMBEDDINGS: no concepts in the file, of other concepts, of another width, not finite
 */
export async function readConceptEmbeddings(path: string, graph: KnowledgeGraph, width?: number): Promise<HostTensor> {
  const { metadata } = await readSafetensorsHeader(path);
  const tensor = (await readSafetensors(path, (name) => name === CONCEPTS)).get(CONCEPTS);
  if (tensor?.shape.length !== 2) throw unusable(path, 'it has no tensor "concepts" with two axes', FROM_TRAINING);
  const found = tensor.shape[1];
  if (width !== undefined && found !== width) {
    throw unusable(path, `its concepts have width ${found}, not ${width}`, widthRemedy(found, width));
  }
  const ordered = metadata.graph === graph.hash ? tensor : inOrderOf(graph, tensor, idsOf(path, metadata), path);
  requireShape(ordered, graph, path);
  requireFinite(ordered, graph, path);
  return ordered;
}

const FROM_TRAINING = 'Make one with mlip knowledge train or mlip knowledge import embeddings.';

function widthRemedy(found: number, width: number): string {
  return `Set knowledge.width=${found}, or train them again: mlip knowledge train --width ${width}.`;
}

function idsOf(path: string, { ids }: Record<string, string>): string[] {
  const list: unknown = ids === undefined ? undefined : parseJson(ids);
  if (Array.isArray(list) && list.every((id) => typeof id === 'string')) return list;
  throw unusable(path, 'it belongs to another graph and does not name its concepts', FROM_TRAINING);
}

/** The rows of the graph's concepts. */
function inOrderOf(graph: KnowledgeGraph, tensor: HostTensor, ids: readonly string[], path: string): HostTensor {
  const width = tensor.shape[1];
  const rowOf = new Map(ids.map((id, row) => [id, row]));
  const missing = graph.concepts.filter(({ id }) => !rowOf.has(id)).map(({ id }) => id);
  if (missing.length > 0) {
    throw unusable(path, `it lacks ${listed(missing)} of ${graph.concepts.length} concepts`, trainAgain(graph));
  }
  if (ids.length !== tensor.shape[0]) throw unusable(path, 'it does not name each of its rows', trainAgain(graph));
  const data = new Float32Array(graph.concepts.length * width);
  graph.concepts.forEach(({ id }, index) => {
    const row = rowOf.get(id)!;
    data.set(tensor.data.subarray(row * width, (row + 1) * width), index * width);
  });
  return { shape: [graph.concepts.length, width], data };
}

function listed(missing: readonly string[]): string {
  const shown = missing.slice(0, SHOWN).join(', ');
  return `${missing.length} (${shown}${missing.length > SHOWN ? ', ...' : ''})`;
}

function trainAgain({ path }: KnowledgeGraph): string {
  return `Train embeddings of the graph that is used: mlip knowledge train --graph ${path}.`;
}

function requireShape({ shape }: HostTensor, graph: KnowledgeGraph, path: string): void {
  if (shape[0] === graph.concepts.length) return;
  throw unusable(path, `it has ${shape[0]} rows, the graph ${graph.concepts.length} concepts`, trainAgain(graph));
}

function requireFinite({ shape: [, width], data }: HostTensor, graph: KnowledgeGraph, path: string): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  const { id, name } = graph.concepts[Math.floor(bad / width)];
  throw unusable(path, `the row of ${id} (${name}) holds ${data[bad]}`, trainAgain(graph));
}

function unusable(path: string, problem: string, remedy: string): MlipError {
  const message = `the concept embeddings cannot be used: ${problem}`;
  return new MlipError('MLIP_E_KNOWLEDGE_EMBEDDINGS', message, { where: path, remedy });
}
