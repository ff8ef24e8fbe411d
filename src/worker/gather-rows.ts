/** This rank's embeddings to all ranks, and those of all ranks to this one. */
import type { Config } from '../config/schema.js';
import type { GatherTensor } from '../rpc/tensor-stream.js';
import { concatenate } from './concatenate.js';
import type { MicroBatchTensors } from './micro-batch-tensors.js';
import { IDENTITY_WIDTH } from './pair-facts.js';
import type { Gather, Rows, StepUnderWay } from './step-parts.js';
import { unlessAborted } from './step-scope.js';

/** Of the whole batch. */
export interface GatheredRows {
  /** [B, d] by name. */
  embeddings: Rows;
  /** [B, 4], what says which pairs are the same; where they are no negatives of each other. */
  identity?: Float32Array;
}

/** @param rows embeddings of this rank's rows by name; it may have none */
export async function gatherRows(
  parts: StepUnderWay,
  step: number,
  rows: Rows,
  microBatches: readonly MicroBatchTensors[],
): Promise<GatheredRows> {
  const { config, signal, gather } = parts;
  const count = microBatches.length * config.microBatchSize;
  const width = config.model.embeddingWidth;
  const own: GatherTensor[] = Object.entries(rows).map(([name, data]) => ({ name, rows: count, width, data }));
  if (masksNegatives(config)) {
    const data = concatenate(microBatches.map(({ identities }) => identities));
    own.push({ name: 'identity', rows: count, width: IDENTITY_WIDTH, data });
  }
  const { identity, ...embeddings }: Partial<Rows> & Rows = await unlessAborted(signal, () => gather(step, own));
  return identity === undefined ? { embeddings } : { embeddings, identity };
}

/** Whether pairs that are the same are no negatives of each other: then it is gathered which pairs those are. */
function masksNegatives({ loss }: Config): boolean {
  return loss.falseNegatives === 'mask' && loss.global.weight > 0;
}

/** Where there is one rank, its rows are those of all. */
export const gatherAlone: Gather = async (_step, own) => Object.fromEntries(own.map(({ name, data }) => [name, data]));
