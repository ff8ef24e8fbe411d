/**
 * Gradients of many tensors as a few flat buffers: one collective a bucket rather than one a tensor, and the first
 * bucket travels while the gradients of the next are still being computed. In double: gradients are summed exactly but for
 * 1 in 2^29, so that their sum, rounded once, does not depend on how micro-batches are shared out.
 */
import { MlipError } from '../core/errors.js';

export interface BucketEntry {
  name: string;
  /** Elements of the tensor. */
  count: number;
}

export interface Bucket {
  /** All tensors of the bucket one after another. */
  readonly buffer: Float64Array;
  /** In their order in `buffer`. */
  readonly names: readonly string[];
}

export interface Buckets {
  readonly buckets: readonly Bucket[];
  /** Each tensor's part of its bucket; writing to it packs, reading from it unpacks, nothing is copied. */
  readonly views: ReadonlyMap<string, Float64Array>;
}

/**
 * Fills buckets in the order of `entries`, so every rank that lists the same tensors gets the same buckets. A bucket has
 * at most `bucketBytes` (float64), unless a single tensor is larger. List first what is computed first.
 */
export function createBuckets(entries: readonly BucketEntry[], bucketBytes: number): Buckets {
  const groups = group(entries, Math.floor(bucketBytes / Float64Array.BYTES_PER_ELEMENT));
  const views = new Map<string, Float64Array>();
  const buckets = groups.map((members) => allocate(members, views));
  if (views.size !== entries.length) throw new MlipError('MLIP_E_INTERNAL', 'two tensors to be reduced share a name');
  return { buckets, views };
}

function group(entries: readonly BucketEntry[], capacity: number): BucketEntry[][] {
  const groups: BucketEntry[][] = [];
  let room = 0;
  for (const entry of entries) {
    if (groups.length === 0 || entry.count > room) {
      groups.push([]);
      room = capacity;
    }
    groups.at(-1)!.push(entry);
    room -= entry.count;
  }
  return groups;
}

function allocate(members: BucketEntry[], views: Map<string, Float64Array>): Bucket {
  const buffer = new Float64Array(members.reduce((total, { count }) => total + count, 0));
  let offset = 0;
  for (const { name, count } of members) views.set(name, buffer.subarray(offset, (offset += count)));
  return { buffer, names: members.map(({ name }) => name) };
}
