/** Knowledge as a run uses it: embeddings of concepts, and for each pair the words that are tied to one. */
import { createHash } from 'node:crypto';
import type { Config } from '../config/schema.js';
import type { HostTensor } from '../core/host-tensor.js';
import type { Dataset } from '../data/dataset.js';
import { bertWordStarts, linkedWords } from '../data/linked-words.js';
import type { Pair } from '../data/pairs.js';
import { cleanWords, relevantRanges } from '../data/report.js';
import { builtinGraphPath, embeddingsPathOf } from '../knowledge/builtin.js';
import { readConceptEmbeddings } from '../knowledge/embeddings.js';
import type { KnowledgeGraph } from '../knowledge/graph.js';
import { requireKnownConcepts } from '../knowledge/known-concepts.js';
import { createLinker } from '../knowledge/linker.js';
import { readGraph } from '../knowledge/read-graph.js';
import { factsOf, type LinkedWord } from './pair-facts.js';
import type { PairKnowledge } from './micro-batch-tensors.js';

export interface RunKnowledge extends PairKnowledge {
  /** Of graph and embeddings: workers whose hashes differ must not train together. Empty without knowledge. */
  hash: string;
}

/** Where in a report a concept is mentioned. */
interface Mention {
  start: number;
  end: number;
  concept: string;
  negated?: boolean | undefined;
}

type MentionsOf = (pair: Pair) => readonly Mention[];

/**
 * Reads graph and embeddings. A manifest that brings links is taken at its word; reports of one that has none are linked
 * with the graph's synonyms as they are needed.
 *
 * @throws MlipError MLIP_E_KNOWLEDGE_GRAPH, MLIP_E_KNOWLEDGE_EMBEDDINGS, MLIP_E_KNOWLEDGE_LINKS
 */
export async function loadKnowledge(config: Config, dataset: Dataset): Promise<RunKnowledge> {
  const { enabled, graph: directory, embeddings: file, width } = config.knowledge;
  if (!enabled) return { factsOf: factsOf(dataset.train, () => []), hash: '' };
  const graph = await readGraph(directory === '' ? builtinGraphPath() : directory);
  const path = file === '' ? embeddingsPathOf(graph.path) : file;
  const vectors = await readConceptEmbeddings(path, graph, width);
  const mentionsOf = mentionsFor(dataset, graph);
  const linksOf = (pair: Pair): LinkedWord[] => wordsWithConcepts(pair, mentionsOf(pair), graph);
  return { factsOf: factsOf(dataset.train, linksOf), vectors, hash: hashOf(graph, vectors) };
}

function mentionsFor({ manifest }: Dataset, graph: KnowledgeGraph): MentionsOf {
  if (manifest.rows.some(({ links }) => links.length > 0)) {
    requireKnownConcepts(manifest, graph);
    return ({ links }) => links;
  }
  const linker = createLinker(graph);
  return ({ report }) => linker.link(report, { ranges: relevantRanges(report) });
}

/** Each word of each mention, by its position among the words that BERT reads. */
function wordsWithConcepts({ report }: Pair, mentions: readonly Mention[], graph: KnowledgeGraph): LinkedWord[] {
  const { words } = cleanWords(report);
  const starts = bertWordStarts(words);
  return linkedWords(words, mentions).map(({ word, link }) => {
    const { concept, negated = false } = mentions[link];
    return { word: starts[word], concept: graph.indexOf.get(concept)!, negated };
  });
}

function hashOf(graph: KnowledgeGraph, { data }: HostTensor): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return createHash('sha256').update(graph.hash).update(bytes).digest('hex');
}
