/** The command line of graphs and embeddings, from a release of UMLS to neighbours. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mlip } from '../cli/run-cli.js';
import { CONCEPTS, temporaryDirectory, TRIPLES, writeGraph, writeRelease } from './graph-files.js';

it('takes a release to neighbours: import, check, train, neighbours', async () => {
  const graph = join(temporaryDirectory(), 'graph');
  const imported = await mlip(['knowledge', 'import', 'umls', writeRelease(), '--out', graph]);
  expect(imported.stdout).toContain('4 concepts with 1 synonyms, 4 triples');
  const checked = await mlip(['knowledge', 'check', '--graph', graph]);
  expect([checked.status, checked.stdout]).toEqual([0, expect.stringContaining('faults     0;')]);
  const trained = await mlip(['knowledge', 'train', '--graph', graph, '--epochs', '20', '--width', '8']);
  expect([trained.status, trained.stdout]).toEqual([0, expect.stringContaining('hits@10 1.000')]);
  expect(readdirSync(graph).sort()).toEqual(['concepts.tsv', 'embeddings.safetensors', 'triples.tsv']);
  const near = await mlip(['knowledge', 'neighbours', 'pneumonia', 'C0000003', '--graph', graph, '-k', '2', '--json']);
  const { concepts } = JSON.parse(near.stdout) as { concepts: { id: string; neighbours: object[] }[] };
  expect(concepts.map(({ id, neighbours }) => [id, neighbours.length])).toEqual([
    ['C0000001', 2],
    ['C0000003', 2],
  ]);
});

it('ends with status 3 where a graph has faults, and lists them', async () => {
  const graph = writeGraph(CONCEPTS, [...TRIPLES, 'opacity\tis_a\tnodule', 'lung\tpart_of\tthorax']);
  const text = await mlip(['knowledge', 'check', '--graph', graph]);
  expect(text.status).toBe(3);
  expect(text.stdout).toMatch(/fault {4}\S*triples\.tsv:2 closes a cycle of is_a: opacity -> nodule -> opacity/);
  const json = await mlip(['knowledge', 'check', '--graph', graph, '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ faultCount: 2, faults: [{ line: 6, field: 'tail' }, { line: 2 }] });
});

it.each([
  [['train', '--holdout', '1'], 'a share from 0 to below 1'],
  [['train', '--learning-rate', '0'], 'a number above 0'],
  [['import', 'umls', '.', '--out', 'x', '--types', 'disease'], 'disease is no semantic type'],
])('refuses a flag out of range: %j', async (args, hint) => {
  const { status, stderr } = await mlip(['knowledge', ...args]);
  expect([status, stderr]).toEqual([2, expect.stringContaining(hint)]);
});
