// The examples of an evaluation: which queries, and what they find.
import { expect, it } from 'vitest';
import { retrievalExamples } from '../../src/evaluation/retrieval-examples.js';

/** [n, n]: each row is near itself and a little nearer to the one after it. */
function rows(count: number, values: (row: number, column: number) => number): { data: Float32Array; shape: number[] } {
  const data = Float32Array.from({ length: count * count }, (_, i) => values(Math.floor(i / count), i % count));
  return { data, shape: [count, count] };
}

const own = (count: number) => rows(count, (row, column) => (row === column ? 1 : 0));

it('each query finds its own half first where the embeddings agree', () => {
  const examples = retrievalExamples(own(20), own(20));
  expect(examples).toHaveLength(12);
  expect(examples.slice(0, 6).map(({ pair }) => pair)).toEqual([0, 3, 6, 10, 13, 16]);
  for (const { pair, rank, found } of examples) {
    expect([rank, found[0], found.length]).toEqual([1, { pair, similarity: 1 }, 4]);
  }
});

it('the rank counts what is nearer, and half of what ties', () => {
  const shifted = rows(4, (row, column) => (column === (row + 1) % 4 ? 1 : column === row ? 0.5 : 0));
  const [first] = retrievalExamples(own(4), shifted);
  expect(first).toMatchObject({ direction: 'imageToReport', pair: 0, rank: 2 });
  expect(first.found.map(({ pair }) => pair)).toEqual([3, 0, 1, 2]);
  const same = rows(5, () => 0.4);
  expect(retrievalExamples(same, same)[0].rank).toBe(3);
});

it('shows fewer where there are fewer', () => {
  const examples = retrievalExamples(own(2), own(2));
  expect(examples.map(({ pair, found }) => [pair, found.length])).toEqual([
    [0, 2],
    [1, 2],
    [0, 2],
    [1, 2],
  ]);
});
