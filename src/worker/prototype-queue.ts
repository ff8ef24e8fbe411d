/**
 * Recent embeddings of each view, which join the Sinkhorn codes where the global batch is smaller than the number of
 * prototypes (as in SwAV, https://arxiv.org/abs/2006.09882). Every worker sees all embeddings of a step, so every worker
 * keeps the same queue. It is used once it is full, which can be seen of it: a step that is skipped adds nothing.
 */
import { partsOf } from '../config/parts.js';
import type { Config } from '../config/schema.js';
import type { HostTensor, HostTensors } from '../core/host-tensor.js';
import { viewNames } from './global-losses.js';

const PREFIX = 'queue.';

/** The queues [Q, d] of a configuration by the names under which optimizer.safetensors holds them. */
export function queueLayout(config: Config): { name: string; shape: number[] }[] {
  const { queue } = config.loss.prototypes;
  if (queue === 0) return [];
  return viewNames(partsOf(config)).map((name) => ({
    name: PREFIX + name,
    shape: [queue, config.model.embeddingWidth],
  }));
}

/** Whether all of a queue's rows are embeddings, which have length 1; they fill it from its beginning. */
export function queuesAreFull(queues: HostTensors): boolean {
  const isFull = ({ data, shape }: HostTensor): boolean => data.subarray(-shape[1]).some((value) => value !== 0);
  return queues.size > 0 && [...queues.values()].every(isFull);
}

/** View of a queue's name. */
export function viewOf(name: string): string {
  return name.slice(PREFIX.length);
}

/** The queues after a step: its embeddings [B, d] first, then what fits of the older ones. */
export function advanceQueues(queues: HostTensors, embeddings: Record<string, Float32Array>): HostTensors {
  return new Map(
    Array.from(queues, ([name, { shape, data }]) => {
      const rows = embeddings[viewOf(name)].subarray(0, data.length);
      const next = new Float32Array(data.length);
      next.set(rows);
      next.set(data.subarray(0, data.length - rows.length), rows.length);
      return [name, { shape, data: next }];
    }),
  );
}
