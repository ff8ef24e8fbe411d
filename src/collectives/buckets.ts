/**
 * Gradients of many tensors as a few flat buffers: one collective a bucket rather than one a tensor, and the first
 * bucket travels while the gradients of the next are still being computed.
 */
import { MlipError } from '../core/errors.js';

export interface BucketEntry {
  name: string;
  /** Elements of the tensor. */
  count: number;
}

export interface Bucket {
  /** All tensors of the bucket one after another. */
  readonly buffer: Float32Array;
  /** In their order in `buffer`. */
  readonly names: readonly string[];
}

export interface Buckets {
  readonly buckets: readonly Bucket[];
  /** Each tensor's part of its bucket; writing to it packs, reading from it unpacks, nothing is copied. */
  readonly views: ReadonlyMap<string, Float32Array>;
}

/**
 * Fills buckets in the order of `entries`, so every rank that lists the same tensors gets the same buckets. A bucket has
 * at most `bucketBytes` (float32), unless a single tensor is larger. List first what is computed first.
 */
export function createBuckets(entries: readonly BucketEntry[], bucketBytes: number): Buckets {
  const groups = group(entries, Math.floor(bucketBytes / 4));
  const views = new Map<string, Float32Array>();
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

function allocate(members: BucketEntry[], views: Map<string, Float32Array>): Bucket {
  const buffer = new Float32Array(members.reduce((total, { count }) => total + count, 0));
  let offset = 0;
  for (const { name, count } of members) views.set(name, buffer.subarray(offset, (offset += count)));
  return { buffer, names: members.map(({ name }) => name) };
}
