/** Makes a graph of a UMLS release: what `mlip knowledge import umls` does. Files are read one after another, row by row. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { edgePacking } from '../edges.js';
import { writeGraphDirectory, type GraphWriter } from '../graph-directory.js';
import { createConceptNames, type ConceptNames } from './concept-names.js';
import { createRelationRows, type RelationSet } from './concept-relations.js';
import { announcedRows } from './release-files.js';
import { readRrf, rrfError, type RrfReading } from './read-rrf.js';
import { cuiText, RRF_FILES, type RrfFile } from './rrf-format.js';
import { createSemanticTypes } from './semantic-types.js';

export interface UmlsOptions {
  /** Directory that holds the .RRF files: META of a release. */
  directory: string;
  /** Directory of the graph to write. */
  out: string;
  force: boolean;
  /** TUI of the concepts to keep; undefined keeps all. */
  types: readonly string[] | undefined;
  /** SAB of names and relations to keep; undefined keeps all. */
  sources: readonly string[] | undefined;
  /** LAT of the names to keep. */
  language: string;
  /** Relations to keep, by their names in triples.tsv; undefined keeps all. */
  relations: readonly string[] | undefined;
  onProgress?: (file: RrfFile, bytes: number, totalBytes: number) => void;
}

export interface UmlsSummary {
  out: string;
  /** Rows read, by file. */
  rows: Record<string, number>;
  concepts: number;
  synonyms: number;
  triples: number;
  /** Triples by relation, most frequent first. */
  relations: Record<string, number>;
  /** Names left out since they are suppressed or obsolete. */
  suppressedNames: number;
  /** Triples left out since they would close a cycle, by relation. */
  cycleTriples: Record<string, number>;
}

/** @throws MlipError MLIP_E_KNOWLEDGE_RRF for files that are missing or malformed, MLIP_E_KNOWLEDGE_OUT */
export function importUmls(options: UmlsOptions): Promise<UmlsSummary> {
  return writeGraphDirectory(options.out, options.force, async (writer) => {
    const read = await openRelease(options);
    const { names, synonyms } = await importConcepts(options, read, writer);
    const set = await importRelations(options, read, names);
    return {
      out: options.out,
      rows: read.rows,
      concepts: names.cuis.length,
      synonyms,
      triples: set.edges.length,
      relations: writeTriples(set, names.cuis, writer),
      suppressedNames: names.suppressed,
      cycleTriples: set.closing,
    };
  });
}

interface Release {
  (file: RrfFile, onRow: RrfReading['onRow']): Promise<void>;
  rows: Record<string, number>;
}

/** Reads files of a release, with progress in bytes over all of them. */
async function openRelease({ directory, onProgress }: UmlsOptions): Promise<Release> {
  const announced = await announcedRows(directory);
  const sizes = await Promise.all(RRF_FILES.map((file) => stat(join(directory, file)).catch(() => ({ size: 0 }))));
  const total = sizes.reduce((sum, { size }) => sum + size, 0);
  const rows: Record<string, number> = {};
  let done = 0;
  const read = async (file: RrfFile, onRow: RrfReading['onRow']): Promise<void> => {
    const onBytes = (bytes: number): void => onProgress?.(file, (done += bytes), total);
    rows[file] = await readRrf({ directory, file, announcedRows: announced[file], onRow, onBytes });
  };
  return Object.assign(read, { rows });
}

async function importConcepts(options: UmlsOptions, read: Release, writer: GraphWriter) {
  const types = createSemanticTypes(options.types);
  await read('MRSTY.RRF', types.onRow);
  let synonyms = 0;
  const names = createConceptNames({
    ...options,
    typeOf: types.typeOf,
    onConcept: (concept) => {
      synonyms += concept.synonyms.length;
      writer.concept(concept);
    },
  });
  await read('MRCONSO.RRF', names.onRow);
  names.end();
  if (names.cuis.length === 0) throw nothingLeft(options);
  return { names, synonyms };
}

async function importRelations(options: UmlsOptions, read: Release, names: ConceptNames): Promise<RelationSet> {
  const rows = createRelationRows({ ...options, concepts: names.cuis.length, indexOf: names.indexOf });
  await read('MRREL.RRF', rows.onRow);
  return rows.end();
}

/** @returns triples by relation */
function writeTriples({ edges, names }: RelationSet, cuis: number[], writer: GraphWriter): Record<string, number> {
  const packing = edgePacking(cuis.length);
  const counts = new Map<string, number>();
  for (const edge of edges) {
    const relation = names[packing.relation(edge)];
    counts.set(relation, (counts.get(relation) ?? 0) + 1);
    writer.triple({ head: cuiText(cuis[packing.head(edge)]), relation, tail: cuiText(cuis[packing.tail(edge)]) });
  }
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

function nothingLeft({ directory, types, sources, language }: UmlsOptions): Error {
  const wanted = `types ${types?.join(', ') ?? 'all'}; sources ${sources?.join(', ') ?? 'all'}; language ${language}`;
  return rrfError('no concept is left', {
    where: `${directory} (${wanted})`,
    remedy: 'Name types (TUI), sources (SAB) and a language (LAT) that MRSTY.RRF and MRCONSO.RRF hold.',
  });
}
