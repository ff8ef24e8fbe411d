/** Files of concept embeddings: trained, imported, read for a graph, refused. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HostTensor } from '../../src/core/host-tensor.js';
import { readConceptEmbeddings, writeConceptEmbeddings } from '../../src/knowledge/embeddings.js';
import { importEmbeddings } from '../../src/knowledge/import-embeddings.js';
import { findConcept, neighboursOf } from '../../src/knowledge/neighbours.js';
import { readGraph } from '../../src/knowledge/read-graph.js';
import { trainEmbeddings } from '../../src/knowledge/train-embeddings.js';
import { TRANSE_DEFAULTS } from '../../src/knowledge/transe-options.js';
import { readSafetensorsHeader, writeSafetensors } from '../../src/safetensors/safetensors.js';
import { CONCEPTS, temporaryDirectory, TRIPLES, writeGraph, writeToyGraph } from './graph-files.js';

const numbers = (...values: number[]): HostTensor => ({
  shape: [values.length / 2, 2],
  data: Float32Array.from(values),
});
const newFile = (name = 'e.safetensors'): string => join(temporaryDirectory(), name);

describe('trainEmbeddings', () => {
  it('writes a file that is the same each time, and says what was learned', async () => {
    const graph = writeToyGraph();
    const options = { ...TRANSE_DEFAULTS, graph, width: 32, margin: 2, epochs: 100, holdout: 0.1 };
    const outs = [newFile(), newFile()];
    const reports = [];
    for (const out of outs) reports.push(await trainEmbeddings({ ...options, out }));
    expect(readFileSync(outs[0]).equals(readFileSync(outs[1]))).toBe(true);
    expect(reports[0]).toMatchObject({
      concepts: 32,
      relations: 2,
      triples: 43,
      heldOut: true,
      prediction: { triples: 5 },
    });
    expect(reports[0].lastLoss).toBeLessThan(reports[0].firstLoss / 5);
    const { entries, metadata } = await readSafetensorsHeader(outs[0]);
    expect(entries.map(({ name, shape }) => [name, shape])).toEqual([
      ['concepts', [32, 32]],
      ['relations', [2, 32]],
    ]);
    expect(metadata).toMatchObject({
      graph: (await readGraph(graph)).hash,
      seed: '1',
      epochs: '100',
      relations: '["is_a","located_in"]',
    });
  });

  it('refuses a graph without triples and a directory that is not there, and leaves nothing', async () => {
    const options = { ...TRANSE_DEFAULTS, epochs: 1, width: 4, holdout: 0 };
    const out = newFile();
    await expect(trainEmbeddings({ ...options, out, graph: writeGraph(CONCEPTS, []) })).rejects.toMatchObject({
      code: 'MLIP_E_KNOWLEDGE_GRAPH',
      message: 'the graph has no triples to train on',
    });
    expect(existsSync(out)).toBe(false);
    const nowhere = join(out, 'absent', 'e.safetensors');
    await expect(trainEmbeddings({ ...options, out: nowhere, graph: writeToyGraph() })).rejects.toMatchObject({
      code: 'MLIP_E_KNOWLEDGE_OUT',
      where: expect.stringContaining(nowhere) as string,
    });
  });

  it('says so where it diverges', async () => {
    const options = { ...TRANSE_DEFAULTS, epochs: 2, width: 4, holdout: 0, learningRate: 1e38, out: newFile() };
    await expect(trainEmbeddings({ ...options, graph: writeToyGraph() })).rejects.toMatchObject({
      code: 'MLIP_E_KNOWLEDGE_EMBEDDINGS',
      remedy: expect.stringContaining('--learning-rate') as string,
    });
    expect(existsSync(options.out)).toBe(false);
  });
});

describe('readConceptEmbeddings', () => {
  it('gives rows in the order of a graph that names the same concepts otherwise', async () => {
    const [graph, turned] = [writeGraph(CONCEPTS, TRIPLES), writeGraph([...CONCEPTS].reverse(), [])];
    const path = newFile();
    await writeConceptEmbeddings(path, await readGraph(graph), { concepts: numbers(1, 2, 3, 4, 5, 6), origin: {} });
    expect([...(await readConceptEmbeddings(path, await readGraph(graph))).data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...(await readConceptEmbeddings(path, await readGraph(turned))).data]).toEqual([5, 6, 3, 4, 1, 2]);
    const smaller = await readGraph(writeGraph(CONCEPTS.slice(2), []));
    expect(await readConceptEmbeddings(path, smaller, 2)).toEqual(numbers(3, 4, 5, 6));
  });

  it('refuses what does not fit, and says what to do', async () => {
    const graph = await readGraph(writeGraph(CONCEPTS, TRIPLES));
    const larger = await readGraph(writeGraph([...CONCEPTS, 'x\tfinding\tx\t', 'y\tfinding\ty\t'], []));
    const path = newFile();
    await writeConceptEmbeddings(path, graph, { concepts: numbers(1, 2, 3, 4, 5, NaN), origin: {} });
    const refused = (message: string, remedy: string) => ({
      code: 'MLIP_E_KNOWLEDGE_EMBEDDINGS',
      message: expect.stringContaining(message) as string,
      where: path,
      remedy: expect.stringContaining(remedy) as string,
    });
    await expect(readConceptEmbeddings(path, larger)).rejects.toMatchObject(
      refused('it lacks 2 (x, y) of 5 concepts', `mlip knowledge train --graph ${larger.path}`),
    );
    await expect(readConceptEmbeddings(path, graph, 256)).rejects.toMatchObject(
      refused('width 2, not 256', 'mlip knowledge train --width 256'),
    );
    await expect(readConceptEmbeddings(path, graph)).rejects.toMatchObject(
      refused('the row of nodule (lung nodule) holds NaN', 'Train embeddings'),
    );
  });

  it.each<[string, string, HostTensor, Record<string, string>, string]>([
    ['another tensor', 'weights', numbers(1, 2, 3, 4, 5, 6), {}, 'no tensor "concepts"'],
    ['no names', 'concepts', numbers(1, 2, 3, 4, 5, 6), {}, 'does not name its concepts'],
    ['names that are no list', 'concepts', numbers(1, 2), { ids: '{"lung": 0}' }, 'does not name its concepts'],
    [
      'fewer rows than names',
      'concepts',
      numbers(1, 2),
      { ids: '["lung","opacity","nodule"]' },
      'does not name each of its rows',
    ],
  ])('refuses a file with %s', async (_, name, tensor, metadata, message) => {
    const path = newFile();
    await writeSafetensors(path, new Map([[name, tensor]]), metadata);
    const graph = await readGraph(writeGraph(CONCEPTS, TRIPLES));
    await expect(readConceptEmbeddings(path, graph)).rejects.toMatchObject({
      code: 'MLIP_E_KNOWLEDGE_EMBEDDINGS',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('importEmbeddings', () => {
  it('reads lines of an id, a tab and numbers, in any order, and passes over other concepts', async () => {
    const graph = writeGraph(CONCEPTS, TRIPLES);
    const [file, out] = [newFile('e.tsv'), newFile()];
    writeFileSync(file, 'nodule\t5 6\nheart\t9 9\nlung\t1 2\nopacity\t3 -4e-1\n');
    expect(await importEmbeddings(file, graph, out)).toEqual({ out, concepts: 3, width: 2, others: 1 });
    expect(await readConceptEmbeddings(out, await readGraph(graph))).toEqual(numbers(1, 2, 3, -0.4, 5, 6));
  });

  it('reads safetensors that name their concepts', async () => {
    const graph = writeGraph(CONCEPTS, TRIPLES);
    const [file, out] = [newFile(), newFile()];
    const ids = JSON.stringify(['heart', 'opacity', 'nodule', 'lung']);
    await writeSafetensors(file, new Map([['concepts', numbers(0, 0, 3, 4, 5, 6, 1, 2)]]), { ids });
    expect(await importEmbeddings(file, graph, out)).toMatchObject({ concepts: 3, others: 1 });
    expect(await readConceptEmbeddings(out, await readGraph(graph))).toEqual(numbers(1, 2, 3, 4, 5, 6));
  });

  it.each([
    ['a word for a number', 'lung\t1 two', ':1 lung', 'no finite number at place 2'],
    ['an infinite number', 'lung\t1 2\nopacity\t1 Infinity', ':2 opacity', 'no finite number at place 2'],
    ['spaces for the tab', 'lung 1 2', ':1', 'not an id, a tab and numbers'],
    ['no numbers', 'lung\t', ':1 lung', 'no finite number at place 1'],
    ['a concept twice', 'lung\t1 2\nlung\t1 2', ':2 and :1', 'give lung twice'],
    ['lines of different length', 'lung\t1 2\nopacity\t1 2 3', ':2 and :1', '3 numbers in a line and 2'],
    ['a concept missing', 'lung\t1 2\nopacity\t1 2', 'e.tsv', 'lack 1 of 3 concepts (nodule)'],
  ])('refuses text with %s, and writes nothing', async (_, text, where, message) => {
    const [file, out] = [newFile('e.tsv'), newFile()];
    writeFileSync(file, text);
    await expect(importEmbeddings(file, writeGraph(CONCEPTS, TRIPLES), out)).rejects.toMatchObject({
      code: 'MLIP_E_KNOWLEDGE_EMBEDDINGS',
      message: expect.stringContaining(message) as string,
      where: expect.stringContaining(where) as string,
    });
    expect(readdirSync(join(out, '..'))).toEqual([]);
  });

  it('refuses a file of another kind or none', async () => {
    const graph = writeGraph(CONCEPTS, TRIPLES);
    await expect(importEmbeddings('vectors.bin', graph, newFile())).rejects.toThrow('.safetensors and .tsv');
    await expect(importEmbeddings(newFile('absent.tsv'), graph, newFile())).rejects.toThrow('cannot be read');
  });
});

describe('neighbours', () => {
  it('come by cosine, whatever the length, without the concept itself', async () => {
    const graph = await readGraph(writeGraph(CONCEPTS, TRIPLES));
    const near = neighboursOf(graph, numbers(1, 0, 10, 10, -3, 0), 0, 5);
    expect(near.map(({ id, cosine }) => [id, cosine.toFixed(4)])).toEqual([
      ['opacity', '0.7071'],
      ['nodule', '-1.0000'],
    ]);
  });

  it('are found by id, name or synonym, and a typing error is answered with a guess', async () => {
    const graph = await readGraph(writeGraph(CONCEPTS, TRIPLES));
    expect(['nodule', 'Lung nodule', 'PULMONARY-NODULE'].map((text) => findConcept(graph, text))).toEqual([2, 2, 2]);
    expect(() => findConcept(graph, 'opacitty')).toThrow(
      expect.objectContaining({
        code: 'MLIP_E_KNOWLEDGE_CONCEPT',
        remedy: expect.stringContaining('Did you mean opacity?') as string,
      }),
    );
  });
});
