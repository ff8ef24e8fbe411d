/** Forward and backward pass of both encoders with their global heads and no loss: what the losses' shares are seen beside. */
import { GROUPS } from '../../src/encoders/parameter-groups.js';
import { backwardAll } from '../../src/worker/backward.js';
import { encodeAll } from '../../src/worker/encode.js';
import { uploadAll } from '../../src/worker/micro-batch-tensors.js';
import { StepScope } from '../../src/worker/step-scope.js';
import type { MethodInputs } from './method-inputs.js';

/** The gradient with respect to every embedding is 1. */
export async function encodersAlone(inputs: MethodInputs, count: number) {
  const { state, batches } = inputs;
  const scope = new StepScope();
  const parts = { ...inputs.parts, scope };
  const microBatches = uploadAll(parts, { ...batches, step: count });
  const { rows, kept } = await encodeAll(parts, state, microBatches, ['text', 'vision']);
  const ones = Object.entries(rows).map(([name, { length }]) => [name, new Float32Array(length).fill(1)] as const);
  const embeddingGradients = Object.fromEntries(ones);
  const { reductions } = await backwardAll(parts, state, { microBatches, kept, embeddingGradients });
  await Promise.all(Object.values(reductions));
  await scope.end();
  for (const group of GROUPS) parts.sums[group].clear();
  return { loss: 0, losses: {} };
}
