/** Trains the embeddings of a graph and writes them: what `mlip knowledge train` does. */
import { MlipError } from '../core/errors.js';
import { random } from '../core/random.js';
import { writeConceptEmbeddings } from './embeddings.js';
import { predictLinks, type LinkPrediction } from './link-prediction.js';
import { readGraph } from './read-graph.js';
import { trainTransE, type Epoch, type TransEModel } from './transe.js';
import type { TransEOptions } from './transe-options.js';
import { tripleIndices, type TripleIndices } from './triple-indices.js';

export interface TrainEmbeddingsOptions extends TransEOptions {
  /** Directory of the graph. */
  graph: string;
  /** File to write. */
  out: string;
  /** Share of the triples that is not trained on but asked for at the end; 0 asks for those trained on. */
  holdout: number;
  onEpoch?: (epoch: Epoch) => void;
}

export interface EmbeddingReport {
  out: string;
  concepts: number;
  relations: number;
  /** Trained on. */
  triples: number;
  firstLoss: number;
  lastLoss: number;
  /** Whether the triples asked for were held out. */
  heldOut: boolean;
  prediction: LinkPrediction;
}

/** Each asked triple is compared with every concept twice: enough for a figure of two digits. */
const ASKED = 1000;

/** @throws MlipError MLIP_E_KNOWLEDGE_GRAPH, MLIP_E_KNOWLEDGE_OUT, MLIP_E_KNOWLEDGE_EMBEDDINGS where training diverges */
export async function trainEmbeddings(options: TrainEmbeddingsOptions): Promise<EmbeddingReport> {
  const graph = await readGraph(options.graph);
  const indices = tripleIndices(graph);
  const { train, held } = splitTriples(indices.heads.length, options);
  if (train.length === 0) throw tooFew(options.graph);
  const { model, losses } = await run(indices, train, options);
  const asked = (held.length > 0 ? held : train).slice(0, ASKED);
  await writeConceptEmbeddings(options.out, graph, {
    concepts: model.concepts,
    relations: { names: indices.relations, tensor: model.relations },
    origin: originOf(options),
  });
  return {
    out: options.out,
    concepts: graph.concepts.length,
    relations: indices.relations.length,
    triples: train.length,
    firstLoss: losses[0],
    lastLoss: losses[losses.length - 1],
    heldOut: held.length > 0,
    prediction: predictLinks(model, indices, asked),
  };
}

/** Both in random order. */
function splitTriples(count: number, { holdout, seed }: TrainEmbeddingsOptions) {
  const order = Uint32Array.from(random(seed, 'transe holdout').permutation(count));
  const held = Math.round(count * holdout);
  return { train: order.slice(held), held: order.slice(0, held) };
}

async function run(indices: TripleIndices, train: Uint32Array, options: TrainEmbeddingsOptions) {
  const losses: number[] = [];
  const steps = trainTransE(indices, train, options);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return { model: requireFinite(step.value, options), losses };
    losses.push(step.value.loss);
    options.onEpoch?.(step.value);
    // Lets an interruption in.
    await new Promise(setImmediate);
  }
}

function requireFinite(model: TransEModel, { learningRate }: TransEOptions): TransEModel {
  if ([model.concepts, model.relations].every(({ data }) => data.every(Number.isFinite))) return model;
  throw new MlipError('MLIP_E_KNOWLEDGE_EMBEDDINGS', 'the embeddings became infinite while they were trained', {
    remedy: `Lower the learning rate: --learning-rate, now ${learningRate}.`,
  });
}

function originOf({ seed, epochs, learningRate, batchSize, margin, holdout }: TrainEmbeddingsOptions) {
  const numbers = { seed, epochs, learningRate, batchSize, margin, holdout };
  const texts = Object.entries(numbers).map(([name, value]) => [name, String(value)] as const);
  return { model: 'TransE L1', ...Object.fromEntries(texts) };
}

function tooFew(graph: string): MlipError {
  return new MlipError('MLIP_E_KNOWLEDGE_GRAPH', 'the graph has no triples to train on', {
    where: graph,
    remedy: 'Add triples to triples.tsv, or hold out fewer of them.',
  });
}
