/**
 * TransE (Bordes, Usunier, Garcia-Duran, Weston, Yakhnenko: "Translating Embeddings for Modeling Multi-relational Data",
 * NIPS 2013, algorithm 1): a relation is a translation, so that head + relation lies near the tail. Distances are L1;
 * embeddings of concepts have length 1 (L2) before every batch. One thread and one order: the same seed gives the same bits.
 */
import type { HostTensor } from '../core/host-tensor.js';
import { random } from '../core/random.js';
import { corrupt } from './corruption.js';
import { createRowGradient, normaliseRow, type RowGradient } from './row-gradient.js';
import type { TransEOptions } from './transe-options.js';
import type { TripleIndices } from './triple-indices.js';

export interface TransEModel {
  /** [C, width] */
  concepts: HostTensor;
  /** [R, width] */
  relations: HostTensor;
}

export interface Epoch {
  /** From 1. */
  epoch: number;
  /** Mean over the triples: max(0, margin + d(true) - d(corrupted)). */
  loss: number;
}

/**
 * Trains on the triples named by `train`, an epoch per step of the generator, whose result is the model.
 *
 * @param train indices of triples
 */
export function* trainTransE(
  indices: TripleIndices,
  train: Uint32Array,
  options: TransEOptions,
): Generator<Epoch, TransEModel> {
  const model = initialModel(indices, options);
  const gradients = { concepts: createRowGradient(model.concepts), relations: createRowGradient(model.relations) };
  for (let epoch = 1; epoch <= options.epochs; epoch++) {
    const order = random(options.seed, 'transe order', epoch).permutation(train.length);
    const learningRate = options.learningRate * (1 - (epoch - 1) / options.epochs);
    const draw = random(options.seed, 'transe corruption', epoch);
    let loss = 0;
    for (let start = 0; start < order.length; start += options.batchSize) {
      const batch = order.subarray(start, start + options.batchSize);
      for (const position of batch) loss += addPair(model, gradients, indices, train[position], draw, options.margin);
      gradients.concepts.apply(learningRate, { normalise: true });
      gradients.relations.apply(learningRate, { normalise: false });
    }
    yield { epoch, loss: loss / train.length };
  }
  return model;
}

/** Uniform in +-6/sqrt(width), then rows to length 1: concepts and relations alike (algorithm 1, lines 1 to 5). */
function initialModel({ concepts, relations }: TripleIndices, { width, seed }: TransEOptions): TransEModel {
  const initial = (rows: number, purpose: string): HostTensor => {
    const draw = random(seed, 'transe initial', purpose);
    const bound = 6 / Math.sqrt(width);
    const data = Float32Array.from({ length: rows * width }, () => (2 * draw.uniform() - 1) * bound);
    for (let row = 0; row < rows; row++) normaliseRow(data.subarray(row * width, (row + 1) * width));
    return { shape: [rows, width], data };
  };
  return { concepts: initial(concepts, 'concepts'), relations: initial(relations.length, 'relations') };
}

interface Gradients {
  concepts: RowGradient;
  relations: RowGradient;
}

/** Adds the gradient of one true triple against one corrupted, and returns their loss. */
function addPair(
  model: TransEModel,
  gradients: Gradients,
  indices: TripleIndices,
  triple: number,
  draw: ReturnType<typeof random>,
  margin: number,
): number {
  const corrupted = corrupt(indices, triple, draw);
  if (corrupted === undefined) return 0;
  const [head, relation, tail] = [indices.heads[triple], indices.relationOf[triple], indices.tails[triple]];
  const nearer = distance(model, head, relation, tail);
  const loss = margin + nearer - distance(model, corrupted.head, relation, corrupted.tail);
  if (loss <= 0) return 0;
  addDistanceGradient(model, gradients, [head, relation, tail], 1);
  addDistanceGradient(model, gradients, [corrupted.head, relation, corrupted.tail], -1);
  return loss;
}

/** L1 length of head + relation - tail. */
export function distance({ concepts, relations }: TransEModel, head: number, relation: number, tail: number): number {
  const width = concepts.shape[1];
  const [h, r, t] = [head * width, relation * width, tail * width];
  let sum = 0;
  for (let i = 0; i < width; i++) sum += Math.abs(concepts.data[h + i] + relations.data[r + i] - concepts.data[t + i]);
  return sum;
}

function addDistanceGradient(
  { concepts, relations }: TransEModel,
  gradients: Gradients,
  [head, relation, tail]: [number, number, number],
  factor: 1 | -1,
): void {
  const width = concepts.shape[1];
  const [h, r, t] = [head * width, relation * width, tail * width];
  const atHead = gradients.concepts.row(head);
  const atRelation = gradients.relations.row(relation);
  const atTail = gradients.concepts.row(tail);
  for (let i = 0; i < width; i++) {
    const sign = factor * Math.sign(concepts.data[h + i] + relations.data[r + i] - concepts.data[t + i]);
    atHead[i] += sign;
    atRelation[i] += sign;
    atTail[i] -= sign;
  }
}
