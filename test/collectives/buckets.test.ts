import { expect, it } from 'vitest';
import { createBuckets } from '../../src/collectives/buckets.js';

const entries = [
  { name: 'a', count: 3 },
  { name: 'b', count: 2 },
  { name: 'large', count: 9 },
  { name: 'c', count: 4 },
  { name: 'empty', count: 0 },
  { name: 'd', count: 1 },
];

it('fills buckets in order up to their size, and gives a large tensor one of its own', () => {
  const { buckets } = createBuckets(entries, 5 * 4);
  expect(buckets.map(({ names }) => names)).toEqual([['a', 'b'], ['large'], ['c', 'empty', 'd']]);
  expect(buckets.map(({ buffer }) => buffer.length)).toEqual([5, 9, 5]);
});

it('views share memory with their bucket', () => {
  const { buckets, views } = createBuckets(entries, 20);
  views.get('b')!.set([7, 8]);
  expect([...buckets[0].buffer]).toEqual([0, 0, 0, 7, 8]);
  expect(views.get('empty')!.length).toBe(0);
});

it('packs the tensors of a bucket from separate arrays', () => {
  const { buckets, views, pack } = createBuckets(entries, 20);
  const values = new Map([
    ['a', Float32Array.of(1, 2, 3)],
    ['b', Float32Array.of(4, 5)],
  ]);
  pack(buckets[0], values);
  expect([...buckets[0].buffer]).toEqual([1, 2, 3, 4, 5]);
  expect([...views.get('b')!]).toEqual([4, 5]);
});

it('refuses a missing tensor, one of another length, and two of the same name', () => {
  const { buckets, pack } = createBuckets(entries, 20);
  expect(() => pack(buckets[1], new Map())).toThrow('the gradient of large is missing');
  expect(() => pack(buckets[1], new Map([['large', new Float32Array(8)]]))).toThrow('has 8 elements, not 9');
  expect(() => createBuckets([entries[0], entries[0]], 20)).toThrow('share a name');
});

it('no tensors make no buckets', () => {
  expect(createBuckets([], 20).buckets).toEqual([]);
});
