/** MRCONSO.RRF: the names of concepts. Its rows stand together by concept, so that one concept is held at a time. */
import type { Concept } from '../graph.js';
import { columnsOf, CUI_LIMIT, cuiText } from './rrf-format.js';
import { requireCui, rrfError, type RowPlace } from './read-rrf.js';

export interface NameOptions {
  /** LAT, e.g. ENG. */
  language: string;
  /** SAB, e.g. SNOMEDCT_US; undefined takes all. */
  sources: readonly string[] | undefined;
  typeOf: (cui: number) => string | undefined;
  onConcept: (concept: Concept) => void;
}

export interface ConceptNames {
  /** Takes in a row of MRCONSO. */
  onRow: (cells: string[], where: RowPlace) => void;
  /** To be called after the last row. */
  end: () => void;
  /** Concepts with a name, numbered in the order in which `onConcept` got them; undefined for others. */
  indexOf: (cui: number) => number | undefined;
  /** Their CUI numbers. */
  cuis: number[];
  /** Rows of wanted concepts that were left out since they are suppressed or obsolete. */
  suppressed: number;
}

const COLUMN = columnsOf('MRCONSO.RRF', 'CUI', 'LAT', 'TS', 'STT', 'ISPREF', 'SAB', 'TTY', 'STR', 'SUPPRESS');

export function createConceptNames({ language, sources, typeOf, onConcept }: NameOptions): ConceptNames {
  const indices = new Int32Array(CUI_LIMIT);
  const cuis: number[] = [];
  let current = 0;
  let terms: Term[] = [];
  const flush = (): void => {
    if (terms.length === 0) return;
    cuis.push(current);
    indices[current] = cuis.length;
    onConcept(conceptOf(cuiText(current), typeOf(current)!, terms));
    terms = [];
  };
  const names: ConceptNames = {
    cuis,
    suppressed: 0,
    end: flush,
    indexOf: (cui) => (indices[cui] === 0 ? undefined : indices[cui] - 1),
    onRow(cells, where) {
      const cui = requireCui(cells[COLUMN.CUI], 'CUI', where);
      if (cui !== current) {
        flush();
        current = cui;
        if (indices[cui] !== 0) throw scattered(cells[COLUMN.CUI], where);
      }
      if (typeOf(cui) === undefined || cells[COLUMN.LAT] !== language) return;
      if (sources !== undefined && !sources.includes(cells[COLUMN.SAB])) return;
      const text = cells[COLUMN.STR].replace(/\s+/g, ' ').trim();
      if (cells[COLUMN.SUPPRESS] !== 'N') names.suppressed++;
      else if (text !== '') terms.push({ text, rank: rankOf(cells) });
    },
  };
  return names;
}

interface Term {
  text: string;
  /** The highest is the preferred name. */
  rank: number;
}

/** Types of terms that a source itself prefers: preferred name, preferred term, main heading, entry of a nomenclature. */
const PREFERRED_TYPES = ['PN', 'PT', 'MH', 'NM', 'PF'];

/** UMLS prefers the term with TS P, STT PF and ISPREF Y; where it was left out, the nearest to that. */
function rankOf(cells: readonly string[]): number {
  const preferredTerm = cells[COLUMN.TS] === 'P' ? 8 : 0;
  const preferredForm = cells[COLUMN.STT] === 'PF' ? 4 : 0;
  const preferredAtom = cells[COLUMN.ISPREF] === 'Y' ? 2 : 0;
  return preferredTerm + preferredForm + preferredAtom + (PREFERRED_TYPES.includes(cells[COLUMN.TTY]) ? 1 : 0);
}

/** Terms that differ in case alone are one. */
function conceptOf(id: string, type: string, terms: readonly Term[]): Concept {
  const best = terms.reduce((a, b) => (b.rank > a.rank ? b : a));
  const distinct = new Map([[best.text.toLowerCase(), best.text]]);
  for (const { text } of terms) {
    const key = text.toLowerCase();
    if (!distinct.has(key)) distinct.set(key, text);
  }
  const [name, ...synonyms] = distinct.values();
  return { id, type, name, synonyms };
}

function scattered(cui: string, where: RowPlace): Error {
  return rrfError(`the rows of ${cui} do not stand together`, {
    where: where(),
    remedy: 'Sort the file by its first column: LC_ALL=C sort -o MRCONSO.RRF MRCONSO.RRF.',
  });
}
