// Graphs and UMLS releases, made by hand for tests.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'mlip-knowledge-'));
}

/** Lines of the two tables, without their headers. */
export function writeGraph(concepts: string[], triples: string[], directory = temporaryDirectory()): string {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'concepts.tsv'), `${['id\ttype\tname\tsynonyms', ...concepts].join('\n')}\n`);
  writeFileSync(join(directory, 'triples.tsv'), `${['head\trelation\ttail', ...triples].join('\n')}\n`);
  return directory;
}

export const CONCEPTS = [
  'lung\tanatomy\tlung\tlungs|pulmonary',
  '# findings',
  'opacity\tfinding\topacity\t',
  'nodule\tfinding\tlung nodule\tpulmonary nodule',
];
export const TRIPLES = ['nodule\tis_a\topacity', 'nodule\tlocated_in\tlung', 'opacity\tlocated_in\tlung'];

/** A bipartite graph: `groups` places, with `members` findings each, and a kind each finding belongs to. */
export function writeToyGraph(groups = 4, members = 6): string {
  const concepts: string[] = [];
  const triples: string[] = [];
  for (let group = 0; group < groups; group++) {
    concepts.push(`place${group}\tanatomy\tplace ${group}\t`, `kind${group}\tfinding\tkind ${group}\t`);
    for (let member = 0; member < members; member++) {
      const id = `finding${group}_${member}`;
      concepts.push(`${id}\tfinding\tfinding ${group} ${member}\t`);
      triples.push(`${id}\tis_a\tkind${group}`, `${id}\tlocated_in\tplace${group}`);
    }
  }
  return writeGraph(concepts, triples);
}

const conso = (cui: string, text: string, cells: Partial<Record<number, string>> = {}): string => {
  const row = [cui, 'ENG', 'S', 'L1', 'VO', 'S1', 'N', 'A1', '', '', '', 'SNOMEDCT_US', 'SY', '1', text, '9', 'N', ''];
  return `${row.map((cell, column) => cells[column] ?? cell).join('|')}|`;
};
const PREFERRED = { 2: 'P', 4: 'PF', 6: 'Y', 12: 'PT' };
const rel = (first: string, name: string, second: string, rela = '', suppress = 'N', source = 'SNOMEDCT_US'): string =>
  `${[first, 'A1', 'AUI', name, second, 'A2', 'AUI', rela, 'R1', '', source, source, '', '', suppress, ''].join('|')}|`;
const sty = (cui: string, tui: string, name: string): string => `${cui}|${tui}|B2|${name}|AT1||`;

/** A release in which every rule of the importer has a row that it is about. */
export const RELEASE = {
  'MRSTY.RRF': [
    sty('C0000001', 'T047', 'Disease or Syndrome'),
    sty('C0000002', 'T047', 'Disease or Syndrome'),
    sty('C0000003', 'T023', 'Body Part, Organ, or Organ Component'),
    sty('C0000004', 'T116', 'Amino Acid, Peptide, or Protein'),
    sty('C0000005', 'T033', 'Finding'),
    sty('C0000006', 'T033', 'Finding'),
  ],
  'MRCONSO.RRF': [
    conso('C0000001', 'Lung inflammation'),
    conso('C0000001', 'Pneumonia', PREFERRED),
    conso('C0000001', 'PNEUMONIA', { 11: 'MSH' }),
    conso('C0000001', 'Pneumonie', { 1: 'GER' }),
    conso('C0000001', 'Old pneumonia', { 16: 'O' }),
    conso('C0000002', 'Bacterial pneumonia', PREFERRED),
    conso('C0000003', 'Lung', PREFERRED),
    conso('C0000004', 'Surfactant protein', PREFERRED),
    conso('C0000005', 'Obsolete finding', { ...PREFERRED, 16: 'Y' }),
    conso('C0000006', 'Consolidation', { ...PREFERRED, 11: 'MSH' }),
  ],
  'MRREL.RRF': [
    // The second is the parent of the first, and the same the other way round.
    rel('C0000002', 'PAR', 'C0000001', 'inverse_isa'),
    rel('C0000001', 'CHD', 'C0000002', 'isa'),
    rel('C0000001', 'RO', 'C0000003', 'finding_site_of'),
    rel('C0000003', 'RO', 'C0000001', 'has_finding_site'),
    rel('C0000001', 'RO', 'C0000006', 'due_to'),
    rel('C0000001', 'RB', 'C0000006', '', 'N', 'MSH'),
    // Left out: names nothing, suppressed, to itself, to a concept that is not kept.
    rel('C0000001', 'SIB', 'C0000006'),
    rel('C0000001', 'RO', 'C0000006', 'cause_of', 'O'),
    rel('C0000001', 'RO', 'C0000001', 'due_to'),
    rel('C0000001', 'RO', 'C0000004', 'due_to'),
    // Closes a cycle: the general thing as a kind of the special one.
    rel('C0000002', 'CHD', 'C0000001', 'isa'),
  ],
};
export type Release = Record<keyof typeof RELEASE, string[]>;

export function writeRelease(release: Partial<Release> = {}, directory = temporaryDirectory()): string {
  for (const [file, rows] of Object.entries({ ...RELEASE, ...release })) {
    writeFileSync(join(directory, file), rows.map((row) => `${row}\n`).join(''));
  }
  return directory;
}

/** Many rows that no rule leaves out: ten for each concept. */
export function writeLargeRelease(concepts: number): string {
  const cui = (index: number): string => `C${String(1 + (index % concepts)).padStart(7, '0')}`;
  const each = (rows: (index: number) => string[]): string[] =>
    Array.from({ length: concepts }, (_, i) => rows(i)).flat();
  return writeRelease({
    'MRSTY.RRF': each((i) => [sty(cui(i), 'T047', 'Disease or Syndrome')]),
    'MRCONSO.RRF': each((i) => [0, 1, 2, 3].map((k) => conso(cui(i), `disorder ${i} of the chest, variant ${k}`))),
    'MRREL.RRF': each((i) => [1, 2, 3, 4, 5].map((k) => rel(cui(i), 'RO', cui(i * 7 + k * 13), 'due_to'))),
  });
}
