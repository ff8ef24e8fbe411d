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
  const { buckets } = createBuckets(entries, 5 * 8);
  expect(buckets.map(({ names }) => names)).toEqual([['a', 'b'], ['large'], ['c', 'empty', 'd']]);
  expect(buckets.map(({ buffer }) => buffer.length)).toEqual([5, 9, 5]);
});

it('views share memory with their bucket', () => {
  const { buckets, views } = createBuckets(entries, 40);
  views.get('b')!.set([7, 8]);
  expect([...buckets[0].buffer]).toEqual([0, 0, 0, 7, 8]);
  expect(views.get('empty')!.length).toBe(0);
});

it('refuses two tensors of the same name', () => {
  expect(() => createBuckets([entries[0], entries[0]], 20)).toThrow('share a name');
});

it('no tensors make no buckets', () => {
  expect(createBuckets([], 20).buckets).toEqual([]);
});
