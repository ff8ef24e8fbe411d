// What a step moves, by arithmetic. test/run/traffic.test.ts compares it with what a real run counts; docs/sizing.md has it for
// the recipes.
import { partsOf } from '../../src/config/parts.js';
import type { Config } from '../../src/config/schema.js';
import type { Layout } from '../../src/encoders/layout.js';
import { modelLayout } from '../../src/encoders/model-layout.js';
import { gatheredNames } from '../../src/worker/global-losses.js';
import { IDENTITY_WIDTH } from '../../src/worker/pair-facts.js';

const FLOAT_BYTES = 4;
/** Sums are in double. */
const SUM_BYTES = 8;

/** Embeddings of a row of the batch, and what says which rows are the same. */
export function rowBytes(config: Config): number {
  const identity = config.loss.falseNegatives === 'mask' && config.loss.global.weight > 0 ? IDENTITY_WIDTH : 0;
  return FLOAT_BYTES * (gatheredNames(partsOf(config)).length * config.model.embeddingWidth + identity);
}

/** Parameters and running statistics: what is added up over the ranks. */
export function modelElements(config: Config, vocabularySize: number): number {
  return elementsOf(modelLayout(config, vocabularySize));
}

function elementsOf(layout: Layout): number {
  return layout.reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0);
}

/** From the coordinator to each worker: the rows of all. */
export function gatheredBytes(config: Config, batchSize: number): number {
  return batchSize * rowBytes(config);
}

/** From each rank to the next one: reduce-scatter and all-gather of a ring. */
export function ringBytes(elements: number, world: number): number {
  return ((2 * (world - 1)) / world) * SUM_BYTES * elements;
}
