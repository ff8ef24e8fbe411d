/** A micro-batch as tensors: what the encoders read, and what the losses within the micro-batch read beside their outputs. */
import * as tf from '@tensorflow/tfjs-core';
import { hasFusion, hasLocalEmbeddings, partsOf } from '../config/parts.js';
import type { Config } from '../config/schema.js';
import type { HostTensor } from '../core/host-tensor.js';
import { hashKeys, random } from '../core/random.js';
import type { MicroBatch, StepBatches } from '../data/loader.js';
import { wordCountOf } from '../encoders/words.js';
import { linkArrays, type LinkArrays } from './link-arrays.js';
import { identitiesOf, sameConcepts, samePairs, type PairFacts } from './pair-facts.js';
import type { StepScope } from './step-scope.js';

/**
 * Inputs of an encoder by the names of ReportInputs, or `images` [m, S, S]; the seed of its dropout, int32 [2]; and where it is
 * frozen its parameters and running statistics.
 */
export interface EncoderInputs {
  [key: string]: tf.Tensor;
  seed: tf.Tensor1D;
}

/** Only what a loss in use reads is there. */
export interface MicroBatchTensors {
  /** Position among the step's micro-batches, and that of its first row within the batch. */
  index: number;
  firstRow: number;
  text: EncoderInputs;
  vision: EncoderInputs;
  /** By the names of MicroBatchLossInputs.given. */
  given: tf.NamedTensorMap;
  /** [m, 4]: what says which pairs are the same, as it is gathered. */
  identities: Float32Array;
}

export interface PairKnowledge {
  /** Of a training pair. */
  factsOf(row: number): PairFacts;
  /** Embedding of each concept of the graph, [C, width]; none without knowledge. */
  vectors?: HostTensor | undefined;
}

/** They go with the step. */
export function uploadAll(parts: UploadParts, { step, microBatches }: StepBatches): MicroBatchTensors[] {
  const { config, knowledge, scope } = parts;
  return microBatches.map((batch) => {
    const tensors = uploadMicroBatch(config, step, batch, knowledge);
    scope.own([tensors.text, tensors.vision, tensors.given]);
    return tensors;
  });
}

interface UploadParts {
  config: Config;
  knowledge: PairKnowledge;
  scope: StepScope;
}

export function uploadMicroBatch(
  config: Config,
  step: number,
  batch: MicroBatch,
  knowledge: PairKnowledge,
): MicroBatchTensors {
  const facts = Array.from(batch.rows, (row) => knowledge.factsOf(row));
  const slots = { slots: config.knowledge.maxLinks, words: wordCountOf(config.data.maxPieces) };
  const links = partsOf(config).knowledge ? linkArrays(facts, knowledge.vectors!, slots) : undefined;
  const [a, b] = hashKeys(config.seed, 'dropout', step, batch.index);
  const seed = tf.tensor1d(Int32Array.of(a, b), 'int32');
  const text = {
    ...reportTensors(config, batch),
    ...(links && conceptTensors(links, facts.length, slots.slots)),
    seed,
  };
  const { imageSize } = config.model.vision;
  const images = tf.tensor3d(Int32Array.from(batch.images), [facts.length, imageSize, imageSize], 'int32');
  const given = {
    ...(links && linkTensors(links, facts.length, slots.slots)),
    ...(hasFusion(partsOf(config)) ? proxyTensors(config, step, batch, facts) : {}),
  };
  const { index, firstRow } = batch;
  return { index, firstRow, text, vision: { images, seed }, given, identities: identitiesOf(facts) };
}

function reportTensors(config: Config, { rows, pieceIds, pieceMask, wordOfPiece }: MicroBatch): tf.NamedTensorMap {
  const shape: [number, number] = [rows.length, config.data.maxPieces];
  const pieces = { pieceIds: tf.tensor2d(pieceIds, shape, 'int32'), pieceMask: tf.tensor2d(pieceMask, shape) };
  if (!hasLocalEmbeddings(partsOf(config))) return pieces;
  return { ...pieces, wordOfPiece: tf.tensor2d(wordOfPiece, shape, 'int32') };
}

function conceptTensors({ vectors, negated, shares }: LinkArrays, count: number, slots: number): tf.NamedTensorMap {
  return {
    conceptVectors: tf.tensor3d(vectors, [count, slots, vectors.length / (count * slots)]),
    conceptNegated: tf.tensor2d(negated, [count, slots]),
    conceptShares: tf.tensor2d(shares, [count, slots]),
  };
}

function linkTensors({ positions, conceptIds, mask }: LinkArrays, count: number, slots: number): tf.NamedTensorMap {
  return {
    positions: tf.tensor2d(positions, [count, slots], 'int32'),
    conceptIds: tf.tensor2d(conceptIds, [count, slots], 'int32'),
    linkMask: tf.tensor2d(mask, [count, slots]),
  };
}

/** Whom hard negatives are drawn from, and with which numbers: a function of (seed, step, micro-batch). */
function proxyTensors(
  config: Config,
  step: number,
  { index }: MicroBatch,
  facts: readonly PairFacts[],
): tf.NamedTensorMap {
  const count = facts.length;
  const concepts = sameConcepts(facts);
  const same = samePairs(identitiesOf(facts)).map((value, at) => Math.max(value, concepts[at]));
  const draw = random(config.seed, 'negatives', step, index);
  const uniforms = (): tf.Tensor1D => tf.tensor1d(Float32Array.from({ length: count }, () => draw.uniform()));
  return {
    same: tf.tensor2d(same, [count, count]),
    imageDraws: uniforms(),
    textDraws: uniforms(),
    swapped: tf.tensor1d(Float32Array.from({ length: count }, () => draw.integer(2))),
  };
}
