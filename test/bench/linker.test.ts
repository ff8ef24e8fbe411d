// How the benchmark of the linker reads MeSH terms and counts.
import { expect, it } from 'vitest';
import { readCategories, referenceOf, categoriesOf } from '../../bench/linker/reference.js';
import { microScore, scoreCategory } from '../../bench/linker/score.js';
import { builtinGraphPath } from '../../src/knowledge/builtin.js';
import { readGraph } from '../../src/knowledge/read-graph.js';

const categories = [
  { name: 'aorta', terms: ['Calcinosis/aorta'], concepts: ['aortic_calcification'] },
  { name: 'any', terms: ['Calcinosis', 'calcified granuloma'], concepts: ['calcification', 'aortic_calcification'] },
];

it('takes a term with its qualifiers, in any order and case', () => {
  expect([...referenceOf(['Calcinosis/thorax/Aorta'], categories)]).toEqual(['aorta', 'any']);
  expect([...referenceOf(['Calcinosis/lung'], categories)]).toEqual(['any']);
  expect([...referenceOf(['Aorta/tortuous', 'normal'], categories)]).toEqual([]);
  expect([...categoriesOf(['aortic_calcification'], categories)]).toEqual(['aorta', 'any']);
});

it('counts what both found, and names the reports in which they differ', () => {
  const set = (...names: string[]) => new Set(names);
  const judged = [
    { id: 1, ours: set('any'), theirs: set('any') },
    { id: 2, ours: set('any'), theirs: set() },
    { id: 3, ours: set(), theirs: set('any', 'aorta') },
    { id: 4, ours: set('any'), theirs: set('any') },
  ];
  const any = scoreCategory('any', judged);
  expect(any).toMatchObject({ both: 2, extra: [2], missed: [3], precision: 2 / 3, recall: 2 / 3, f1: 2 / 3 });
  const all = microScore([any, scoreCategory('aorta', judged)]);
  expect(all).toMatchObject({ both: 2, onlyOurs: 1, onlyTheirs: 2, precision: 2 / 3, recall: 0.5, f1: 4 / 7 });
  expect(() => microScore([])).toThrow('no report has a term');
});

it('maps to concepts that the graph has', async () => {
  const { indexOf } = await readGraph(builtinGraphPath());
  const named = readCategories().flatMap(({ concepts }) => concepts);
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter((id) => !indexOf.has(id))).toEqual([]);
});
