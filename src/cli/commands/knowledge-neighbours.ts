/** `mlip knowledge neighbours`: the concepts nearest to some in their embedding. */
import { Command } from 'commander';
import { builtinGraphPath, embeddingsPathOf } from '../../knowledge/builtin.js';
import type { Neighbour } from '../../knowledge/neighbours.js';
import { addExamples, parsePositive } from '../options.js';
import { answer, answerJson } from '../terminal.js';

interface NeighboursOptions {
  graph?: string;
  embeddings?: string;
  count: number;
  json?: boolean;
}

interface Answer {
  id: string;
  name: string;
  neighbours: Neighbour[];
}

export function knowledgeNeighboursCommand(): Command {
  const command = new Command('neighbours')
    .description('list the concepts whose embeddings are nearest by cosine')
    .argument('<concept...>', 'ids, names or synonyms')
    .option('--graph <dir>', 'directory of the graph; that of mlip by default')
    .option('--embeddings <file>', '.safetensors; embeddings.safetensors of the graph by default')
    .option('-k, --count <n>', 'neighbours of each', parsePositive, 5)
    .option('--json', 'print {concepts: [{id, name, neighbours: [{id, name, cosine}]}]} as one JSON object')
    .action(neighbours);
  return addExamples(
    command,
    'mlip knowledge neighbours pneumothorax "pleural effusion"',
    'mlip knowledge neighbours C0032285 --graph umls-graph -k 10 --json',
  );
}

async function neighbours(names: string[], options: NeighboursOptions): Promise<void> {
  const { readGraph } = await import('../../knowledge/read-graph.js');
  const { readConceptEmbeddings } = await import('../../knowledge/embeddings.js');
  const { findConcept, neighboursOf } = await import('../../knowledge/neighbours.js');
  const directory = options.graph ?? builtinGraphPath();
  const graph = await readGraph(directory);
  const indices = names.map((name) => findConcept(graph, name));
  const embeddings = await readConceptEmbeddings(options.embeddings ?? embeddingsPathOf(directory), graph);
  const concepts = indices.map((index): Answer => {
    const { id, name } = graph.concepts[index];
    return { id, name, neighbours: neighboursOf(graph, embeddings, index, options.count) };
  });
  if (options.json) answerJson({ concepts });
  else answer(concepts.map(describe).join('\n'));
}

function describe({ name, neighbours: near }: Answer): string {
  return `${name}: ${near.map((other) => `${other.name} ${other.cosine.toFixed(2)}`).join(', ')}`;
}
