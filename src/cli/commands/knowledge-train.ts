/** `mlip knowledge train`: concept embeddings of a graph, by TransE. */
import { Command, InvalidArgumentError } from 'commander';
import { builtinGraphPath, embeddingsPathOf } from '../../knowledge/builtin.js';
import type { EmbeddingReport } from '../../knowledge/train-embeddings.js';
import { TRANSE_DEFAULTS, type TransEOptions } from '../../knowledge/transe-options.js';
import { addExamples, parseCount, parsePositive } from '../options.js';
import { createStatusLine } from '../status-line.js';
import { answer, answerJson } from '../terminal.js';

interface TrainCommandOptions extends TransEOptions {
  graph?: string;
  out?: string;
  holdout: number;
  json?: boolean;
}

export function knowledgeTrainCommand(): Command {
  const { width, epochs, seed, margin, learningRate, batchSize } = TRANSE_DEFAULTS;
  const command = new Command('train')
    .description('train concept embeddings by TransE (L1), and say how well they predict the triples of the graph')
    .option('--graph <dir>', 'directory of the graph; that of mlip by default')
    .option('--out <file>', '.safetensors to write; embeddings.safetensors of the graph by default')
    .option('--width <n>', 'numbers of an embedding (knowledge.width)', parsePositive, width)
    .option('--epochs <n>', 'passes over the triples', parsePositive, epochs)
    .option('--seed <n>', 'seed of everything random', parseCount, seed)
    .option('--margin <x>', 'by how much a true triple shall be nearer than a false one', parsePositiveReal, margin)
    .option('--learning-rate <x>', 'at the first epoch; falls linearly to 0', parsePositiveReal, learningRate)
    .option('--batch-size <n>', 'triples of a step', parsePositive, batchSize)
    .option('--holdout <share>', 'share of the triples to keep from training and to predict at the end', parseShare, 0)
    .option('--json', 'print the figures as one JSON object')
    .action(train);
  return addExamples(
    command,
    'mlip knowledge train --holdout 0.1 --out trial.safetensors      see whether it learns',
    'mlip knowledge train --graph umls-graph --epochs 50 --batch-size 1000',
  );
}

/** A number above 0. */
function parsePositiveReal(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

function parseShare(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!(value >= 0 && value < 1)) throw new InvalidArgumentError('It must be a share from 0 to below 1.');
  return value;
}

async function train({ json, graph = builtinGraphPath(), out, ...options }: TrainCommandOptions): Promise<void> {
  const { trainEmbeddings } = await import('../../knowledge/train-embeddings.js');
  const status = createStatusLine();
  const report = await trainEmbeddings({
    ...options,
    graph,
    out: out ?? embeddingsPathOf(graph),
    onEpoch: ({ epoch, loss }) => status.show(`epoch ${epoch} of ${options.epochs}, loss ${loss.toFixed(3)}`),
  }).finally(status.end);
  if (json) answerJson(report);
  else answer(describe(report));
}

function describe({ prediction, ...report }: EmbeddingReport): string {
  const asked = `${prediction.triples} triples ${report.heldOut ? 'held out' : 'trained on'}`;
  return [
    `${report.out}: ${report.concepts} concepts, ${report.relations} relations, from ${report.triples} triples`,
    `loss       ${report.firstLoss.toFixed(3)} in the first epoch, ${report.lastLoss.toFixed(3)} in the last`,
    `prediction of ${asked} (filtered): mean rank ${prediction.meanRank.toFixed(1)} of ${report.concepts}, ` +
      `mean reciprocal rank ${prediction.meanReciprocalRank.toFixed(3)}, hits@10 ${prediction.hitsAt10.toFixed(3)}`,
  ].join('\n');
}
