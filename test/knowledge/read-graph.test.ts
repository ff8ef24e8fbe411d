/** Reading and checking the files of a graph. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkGraph } from '../../src/knowledge/check-graph.js';
import { describeGraphFault } from '../../src/knowledge/graph-faults.js';
import { readGraph } from '../../src/knowledge/read-graph.js';
import { CONCEPTS, temporaryDirectory, TRIPLES, writeGraph } from './graph-files.js';

describe('readGraph', () => {
  it('gives concepts and triples in the order of their files, and a hash of both', async () => {
    const directory = writeGraph(CONCEPTS, TRIPLES);
    const graph = await readGraph(directory);
    expect(graph.concepts).toEqual([
      { id: 'lung', type: 'anatomy', name: 'lung', synonyms: ['lungs', 'pulmonary'] },
      { id: 'opacity', type: 'finding', name: 'opacity', synonyms: [] },
      { id: 'nodule', type: 'finding', name: 'lung nodule', synonyms: ['pulmonary nodule'] },
    ]);
    expect(graph.triples[1]).toEqual({ head: 'nodule', relation: 'located_in', tail: 'lung' });
    expect(graph.indexOf.get('nodule')).toBe(2);
    const contents = ['concepts.tsv', 'triples.tsv'].map((file) => readFileSync(join(directory, file)));
    expect(graph.hash).toBe(createHash('sha256').update(Buffer.concat(contents)).digest('hex'));
  });

  it('takes Windows line ends, a byte order mark and a last line without an end', async () => {
    const directory = writeGraph(CONCEPTS, TRIPLES);
    const text = `\ufeff${readFileSync(join(directory, 'concepts.tsv'), 'utf8').trimEnd().replaceAll('\n', '\r\n')}`;
    writeFileSync(join(directory, 'concepts.tsv'), text);
    expect((await readGraph(directory)).concepts.map(({ id }) => id)).toEqual(['lung', 'opacity', 'nodule']);
  });

  it('reads a line longer than a piece of the file, and letters that lie across two pieces', async () => {
    const synonyms = Array.from({ length: 60_000 }, (_, i) => `ödème ${i}`).join('|');
    const graph = await readGraph(writeGraph([`edema\tfinding\tedema\t${synonyms}`], []));
    expect(graph.concepts[0].synonyms.join('|')).toBe(synonyms);
  });

  it.each([
    ['concept without a name', ['x\tfinding\t\t'], [], 'concepts.tsv:2 name is empty'],
    ['concept without a type', ['x\t\tx\t'], [], 'concepts.tsv:2 type is empty'],
    ['concept of three fields', ['x\tfinding\tx'], [], 'concepts.tsv:2 has 3 fields instead of 4'],
    ['empty synonym', ['x\tfinding\tx\ta||b'], [], 'concepts.tsv:2 synonyms has an empty synonym'],
    ['second id', [...CONCEPTS, 'lung\tanatomy\tlung again\t'], [], 'concepts.tsv:6 id lung is already that of line 2'],
    [
      'unknown tail',
      CONCEPTS,
      ['nodule\tis_a\topacitie'],
      'triples.tsv:2 tail opacitie is no id of concepts.tsv. Did you mean opacity?',
    ],
    ['unknown head', CONCEPTS, ['zzzzzzz\tis_a\topacity'], 'triples.tsv:2 head zzzzzzz is no id'],
    ['empty relation', CONCEPTS, ['nodule\t\topacity'], 'triples.tsv:2 relation is empty'],
    ['second triple', CONCEPTS, [...TRIPLES, TRIPLES[0]], 'triples.tsv:5 repeats the triple of line 2'],
    ['triple to itself', CONCEPTS, ['nodule\tis_a\tnodule'], 'triples.tsv:2 tail nodule is its own head'],
    ['no concepts', [], [], 'concepts.tsv holds no concepts'],
  ])('refuses a graph with a fault: %s', async (_, concepts, triples, where) => {
    await expect(readGraph(writeGraph(concepts, triples))).rejects.toMatchObject({
      code: 'MLIP_E_KNOWLEDGE_GRAPH',
      where: expect.stringContaining(where) as string,
      remedy: expect.stringContaining('mlip knowledge check') as string,
    });
  });

  it('names a cycle of a hierarchical relation, and only of one', async () => {
    const concepts = ['a', 'b', 'c'].map((id) => `${id}\tfinding\t${id}\t`);
    const cycle = ['a\tis_a\tb', 'b\tis_a\tc', 'c\tis_a\ta'];
    await expect(readGraph(writeGraph(concepts, cycle))).rejects.toMatchObject({
      where: expect.stringMatching(/triples\.tsv:4 closes a cycle of is_a: a -> b -> c -> a$/) as string,
    });
    const harmless = cycle.map((line) => line.replace('is_a', 'adjacent_to'));
    const mixed = ['a\tis_a\tb', 'b\tpart_of\ta', 'a\tis_a\tc', 'b\tis_a\tc'];
    expect((await readGraph(writeGraph(concepts, [...harmless, ...mixed]))).triples).toHaveLength(7);
  });

  it('finds a cycle of a hundred thousand concepts without overflowing the stack', async () => {
    const count = 100_000;
    const concepts = Array.from({ length: count }, (_, i) => `n${i}\tfinding\tn ${i}\t`);
    const triples = Array.from({ length: count }, (_, i) => `n${i}\tpart_of\tn${(i + 1) % count}`);
    await expect(readGraph(writeGraph(concepts, triples))).rejects.toMatchObject({
      where: expect.stringContaining('closes a cycle of part_of: n0 -> n1') as string,
    });
  });

  it.each([
    ['is missing', undefined, 'the file cannot be read'],
    ['is not UTF-8', Buffer.from([0x69, 0x64, 0x09, 0xff, 0x0a]), 'the file is not UTF-8'],
    ['is empty', '', 'does not name the fields: it is empty'],
    ['has another header', 'id,type,name\n', 'does not name the fields: they are id,type,name'],
  ])('refuses a file that %s', async (_, content, message) => {
    const directory = writeGraph(CONCEPTS, TRIPLES);
    const file = join(directory, 'concepts.tsv');
    if (content === undefined) rmSync(file);
    else writeFileSync(file, content);
    await expect(readGraph(directory)).rejects.toMatchObject({
      code: 'MLIP_E_KNOWLEDGE_GRAPH',
      message: expect.stringContaining(message) as string,
      where: expect.stringContaining(file) as string,
    });
  });
});

describe('checkGraph', () => {
  it('counts by type and relation', async () => {
    expect(await checkGraph(writeGraph(CONCEPTS, TRIPLES))).toMatchObject({
      concepts: 3,
      synonyms: 3,
      triples: 3,
      types: { finding: 2, anatomy: 1 },
      relations: { located_in: 2, is_a: 1 },
      faultCount: 0,
      warningCount: 0,
    });
  });

  it('lists all faults at once, the first hundred in words', async () => {
    const bad = Array.from({ length: 150 }, (_, i) => `bad${i}\tfinding\t\t`);
    const { faults, faultCount, concepts } = await checkGraph(writeGraph([...CONCEPTS, ...bad], ['x\tis_a\ty']));
    expect([faults.length, faultCount, concepts]).toEqual([100, 151, 3]);
    expect(describeGraphFault(faults[99])).toMatch(/concepts\.tsv:105 name is empty$/);
  });

  it('warns of a name that two concepts share, whatever its case and hyphens', async () => {
    const twice = [...CONCEPTS, 'mass\tfinding\tmass\tPulmonary-Nodule'];
    const { faultCount, warnings } = await checkGraph(writeGraph(twice, []));
    expect(faultCount).toBe(0);
    expect(warnings.map(({ line, problem }) => `${line} ${problem}`)).toEqual([
      '6 "pulmonary nodule" of mass is also a name of nodule (line 5)',
    ]);
  });

  it('does not look into a directory that is none', async () => {
    await expect(checkGraph(join(temporaryDirectory(), 'absent'))).rejects.toMatchObject({
      code: 'MLIP_E_KNOWLEDGE_GRAPH',
    });
  });
});
