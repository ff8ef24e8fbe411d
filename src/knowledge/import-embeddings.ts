/** Takes in embeddings from elsewhere for a graph: what `mlip knowledge import embeddings` does. */
import { MlipError } from '../core/errors.js';
import { readSafetensorsHeader } from '../safetensors/safetensors.js';
import { readEmbeddingText, type EmbeddingText } from './embedding-text.js';
import { readConceptEmbeddings, writeConceptEmbeddings } from './embeddings.js';
import type { KnowledgeGraph } from './graph.js';
import { readGraph } from './read-graph.js';

export interface ImportedEmbeddings {
  out: string;
  concepts: number;
  width: number;
  /** Concepts of the file that the graph has not. */
  others: number;
}

/**
 * @param file .safetensors with a tensor `concepts` and the metadata `ids`, or .tsv
 * @throws MlipError MLIP_E_KNOWLEDGE_EMBEDDINGS, MLIP_E_KNOWLEDGE_GRAPH, MLIP_E_TENSORS_FORMAT, MLIP_E_KNOWLEDGE_OUT
 */
export async function importEmbeddings(file: string, directory: string, out: string): Promise<ImportedEmbeddings> {
  const graph = await readGraph(directory);
  const { tensor, others } = await readForeign(file, graph);
  await writeConceptEmbeddings(out, graph, { concepts: tensor, origin: { model: 'imported' } });
  const [concepts, width] = tensor.shape;
  return { out, concepts, width, others };
}

async function readForeign(file: string, graph: KnowledgeGraph): Promise<EmbeddingText> {
  if (file.endsWith('.tsv')) return readEmbeddingText(file, graph);
  if (!file.endsWith('.safetensors')) throw unknownKind(file);
  const tensor = await readConceptEmbeddings(file, graph);
  const { entries } = await readSafetensorsHeader(file);
  const rows = entries.find(({ name }) => name === 'concepts')!.shape[0];
  return { tensor, others: rows - graph.concepts.length };
}

function unknownKind(file: string): MlipError {
  return new MlipError('MLIP_E_KNOWLEDGE_EMBEDDINGS', 'embeddings are read from .safetensors and .tsv files', {
    where: file,
    remedy: 'Convert them to lines of an id, a tab and numbers separated by spaces, in a file named .tsv.',
  });
}
