/** Importing a graph from a UMLS release. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/package-root.js';
import { checkGraph } from '../../src/knowledge/check-graph.js';
import { readGraph } from '../../src/knowledge/read-graph.js';
import { importUmls, type UmlsOptions } from '../../src/knowledge/umls/import-umls.js';
import { RRF_COLUMNS } from '../../src/knowledge/umls/rrf-format.js';
import { DEFAULT_TYPES } from '../../src/knowledge/umls/semantic-types.js';
import { mlip } from '../cli/run-cli.js';
import { RELEASE, temporaryDirectory, writeLargeRelease, writeRelease } from './graph-files.js';

const optionsFor = (directory: string, changes: Partial<UmlsOptions> = {}): UmlsOptions => ({
  directory,
  out: join(temporaryDirectory(), 'graph'),
  force: false,
  types: DEFAULT_TYPES,
  sources: undefined,
  language: 'ENG',
  relations: undefined,
  ...changes,
});

async function graphOf(changes: Partial<UmlsOptions> = {}) {
  const options = optionsFor(writeRelease(), changes);
  const summary = await importUmls(options);
  const graph = await readGraph(options.out);
  const triples = graph.triples.map(({ head, relation, tail }) => `${head} ${relation} ${tail}`);
  return { summary, graph, triples };
}

describe('importUmls', () => {
  it('keeps concepts of the wanted types, under their preferred name', async () => {
    const { graph } = await graphOf();
    expect(graph.concepts).toEqual([
      { id: 'C0000001', type: 'Disease or Syndrome', name: 'Pneumonia', synonyms: ['Lung inflammation'] },
      { id: 'C0000002', type: 'Disease or Syndrome', name: 'Bacterial pneumonia', synonyms: [] },
      { id: 'C0000003', type: 'Body Part, Organ, or Organ Component', name: 'Lung', synonyms: [] },
      { id: 'C0000006', type: 'Finding', name: 'Consolidation', synonyms: [] },
    ]);
  });

  it('reads a relation as from the second concept to the first, once for both directions', async () => {
    const { triples } = await graphOf();
    expect(triples.sort()).toEqual([
      'C0000001 has_finding_site C0000003',
      'C0000001 is_a C0000002',
      'C0000001 narrower_than C0000006',
      'C0000006 due_to C0000001',
    ]);
  });

  it('leaves out triples that close a cycle, says how many, and the graph passes its check', async () => {
    const { summary } = await graphOf();
    expect(summary.cycleTriples).toEqual({ is_a: 1 });
    expect(await checkGraph(summary.out)).toMatchObject({ faultCount: 0, concepts: 4, triples: 4 });
  });

  it('says what it read and wrote', async () => {
    const { summary } = await graphOf();
    expect(summary).toMatchObject({
      rows: { 'MRSTY.RRF': 6, 'MRCONSO.RRF': 10, 'MRREL.RRF': 11 },
      concepts: 4,
      synonyms: 1,
      triples: 4,
      suppressedNames: 2,
      relations: { has_finding_site: 1, is_a: 1, narrower_than: 1, due_to: 1 },
    });
  });

  it.each<[string, Partial<UmlsOptions>, string[], number]>([
    ['types', { types: ['T033'] }, ['C0000006'], 0],
    ['all types', { types: undefined }, ['C0000001', 'C0000002', 'C0000003', 'C0000004', 'C0000006'], 5],
    ['a source', { sources: ['MSH'] }, ['C0000001', 'C0000006'], 1],
    ['a language', { language: 'GER' }, ['C0000001'], 0],
    ['a relation', { relations: ['due_to'] }, ['C0000001', 'C0000002', 'C0000003', 'C0000006'], 1],
  ])('keeps only what is asked for: %s', async (_, changes, ids, triples) => {
    const { graph } = await graphOf(changes);
    expect(graph.concepts.map(({ id }) => id)).toEqual(ids);
    expect(graph.triples).toHaveLength(triples);
  });

  it('tells progress up to the last byte', async () => {
    let last: [number, number] = [0, -1];
    await importUmls(optionsFor(writeRelease(), { onProgress: (_, done, total) => void (last = [done, total]) }));
    expect(last[0]).toBe(last[1]);
  });
});

const cut = (file: keyof typeof RELEASE, change: (row: string) => string) => ({
  [file]: RELEASE[file].map((row, index) => (index === 1 ? change(row) : row)),
});

describe('a faulty release', () => {
  it.each([
    [
      'a column too few',
      cut('MRCONSO.RRF', (row) => row.replace('|ENG', '')),
      'MRCONSO.RRF:2',
      '17 columns instead of 18',
    ],
    [
      'no pipe at the end',
      cut('MRREL.RRF', (row) => `${row.slice(0, -1)}256`),
      'MRREL.RRF:2',
      'without a pipe at the end',
    ],
    [
      'the columns of before 2004',
      cut('MRSTY.RRF', () => 'C0000001|T047|Disease|'),
      'MRSTY.RRF:2',
      '3 columns instead of 6',
    ],
    ['no identifier', cut('MRSTY.RRF', (row) => row.replace('C0000002', 'concept')), 'MRSTY.RRF:2 CUI', '"concept"'],
    [
      'a concept in two places',
      { 'MRCONSO.RRF': [...RELEASE['MRCONSO.RRF'], RELEASE['MRCONSO.RRF'][0]] },
      'MRCONSO.RRF:11',
      'do not stand together',
    ],
    ['nothing of the wanted types', { 'MRSTY.RRF': [] }, '', 'no concept is left'],
  ])('is refused with its line and leaves nothing: %s', async (_, release, where, message) => {
    const options = optionsFor(writeRelease(release));
    await expect(importUmls(options)).rejects.toMatchObject({
      code: 'MLIP_E_KNOWLEDGE_RRF',
      message: expect.stringContaining(message) as string,
      where: expect.stringContaining(where) as string,
      remedy: expect.stringMatching(/\S/) as string,
    });
    expect(readdirSync(join(options.out, '..'))).toEqual([]);
  });

  it.each(['MRSTY.RRF', 'MRCONSO.RRF', 'MRREL.RRF'])('is refused without %s', async (file) => {
    const directory = writeRelease();
    rmSync(join(directory, file));
    const options = optionsFor(directory);
    await expect(importUmls(options)).rejects.toMatchObject({
      code: 'MLIP_E_KNOWLEDGE_RRF',
      where: expect.stringContaining(join(directory, file)) as string,
    });
    expect(readdirSync(join(options.out, '..'))).toEqual([]);
  });

  it('is found out by MRFILES.RRF: cut short, or of other columns', async () => {
    const line = (columns: string, rows: number): string => `MRSTY.RRF|Semantic types|${columns}|6|${rows}|1|\n`;
    const columns = RRF_COLUMNS['MRSTY.RRF'].join(',');
    const withFiles = (text: string): UmlsOptions => {
      const directory = writeRelease();
      writeFileSync(join(directory, 'MRFILES.RRF'), text);
      return optionsFor(directory);
    };
    expect(await importUmls(withFiles(line(columns, 6)))).toMatchObject({ concepts: 4 });
    await expect(importUmls(withFiles(line(columns, 7)))).rejects.toThrow('has 6 rows, MRFILES.RRF says 7');
    await expect(importUmls(withFiles(line('CUI,STY', 6)))).rejects.toThrow('of a version that is not read');
  });
});

describe('the directory of the graph', () => {
  it('is not overwritten without force, and never where it is no graph', async () => {
    const options = optionsFor(writeRelease());
    await importUmls(options);
    const refused = { code: 'MLIP_E_KNOWLEDGE_OUT', remedy: expect.stringContaining('--force') as string };
    await expect(importUmls(options)).rejects.toMatchObject(refused);
    expect(await importUmls({ ...options, force: true, types: ['T033'] })).toMatchObject({ concepts: 1 });
    expect(readdirSync(join(options.out, '..'))).toEqual(['graph']);
    expect((await readGraph(options.out)).concepts).toHaveLength(1);
    const other = temporaryDirectory();
    writeFileSync(join(other, 'thesis.txt'), 'years of work');
    await expect(importUmls({ ...options, force: true, out: other })).rejects.toMatchObject({
      code: 'MLIP_E_KNOWLEDGE_OUT',
      message: 'the directory holds something else already',
    });
    expect(readdirSync(other)).toEqual(['thesis.txt']);
  });

  it('keeps the graph that is there where a forced import fails', async () => {
    const options = optionsFor(writeRelease());
    await importUmls(options);
    const faulty = writeRelease(cut('MRREL.RRF', (row) => row.slice(2)));
    writeFileSync(join(faulty, 'MRREL.RRF'), 'damaged\n');
    await expect(importUmls({ ...options, directory: faulty, force: true })).rejects.toThrow(
      'another version or damaged',
    );
    expect((await readGraph(options.out)).concepts).toHaveLength(4);
  });
});

describe('a release of 300,000 rows', () => {
  const directory = writeLargeRelease(30_000);

  it('is read in little memory', () => {
    const out = join(temporaryDirectory(), 'graph');
    const module = join(packageRoot, 'dist/src/knowledge/umls/import-umls.js');
    const options = JSON.stringify(optionsFor(directory, { out }));
    const script = `import { importUmls } from ${JSON.stringify(module)};
      const { concepts, triples } = await importUmls(${options});
      console.log(JSON.stringify({ concepts, triples, peakMb: process.resourceUsage().maxRSS / 1024 }));`;
    // The rows alone are 26 MB of text; as arrays of cells they would be ten times as much.
    const child = spawnSync(process.execPath, ['--max-old-space-size=32', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(child.stderr).toBe('');
    const { concepts, triples, peakMb } = JSON.parse(child.stdout) as Record<string, number>;
    expect(concepts).toBe(30_000);
    expect(triples).toBeGreaterThan(100_000);
    expect(peakMb).toBeLessThan(200);
  });

  it('leaves no graph where the import is killed, and the next one starts afresh', async () => {
    const parent = temporaryDirectory();
    const out = join(parent, 'graph');
    const args = ['knowledge', 'import', 'umls', directory, '--out', out, '--json'];
    const killed = await mlip(args, {
      onStart: (child) => {
        const kill = async (): Promise<void> => {
          while (!existsSync(`${out}.partial`) && child.exitCode === null) await delay(1);
          child.kill('SIGKILL');
        };
        void kill();
      },
    });
    expect(killed.signal).toBe('SIGKILL');
    expect(existsSync(out)).toBe(false);
    mkdirSync(out);
    const again = await mlip(args);
    expect(JSON.parse(again.stdout)).toMatchObject({ concepts: 30_000, rows: { 'MRREL.RRF': 150_000 } });
    expect(readdirSync(parent)).toEqual(['graph']);
  });
});
